// Who writes in the same post at the same time is said once, not with every answer.

import { clock, say } from "./words.js";

export function sayWhoElse(note) {
  const said = new Set();
  return (people) => {
    for (const { who, since } of people.filter(({ who }) => !said.has(who))) {
      said.add(who);
      note(say("alsoWriting", { who, time: clock(since) }), [[say("keepThem"), () => true]]);
    }
  };
}
