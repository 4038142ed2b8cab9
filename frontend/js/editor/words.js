// What the editor says: sentences stand translated in the page, numbers and times are put in here.

const parts = document.getElementById("editor-parts");

/* The sentence of that name, with `{names}` replaced; empty when the page has none. */
export function say(name, values = {}) {
  const sentence = parts?.dataset[name] ?? "";
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/* A copy of one of the pieces of page that only the script needs. */
export function part(name) {
  return parts.content.querySelector(`[data-part="${name}"]`).cloneNode(true);
}

export const number = (count) => inWords(Intl.NumberFormat).format(count);

export const wordsCounted = (count) => say(count === 1 ? "oneWord" : "manyWords", { number: number(count) });

const DAY = 24 * 3600;

/* "3 sec. ago", as it is said where the page is read; the day, when that is longer ago than one. */
export function ago(moment) {
  const seconds = Math.max(0, Math.round((Date.now() - moment) / 1000));
  if (seconds < 3) return say("justNow");
  if (seconds > DAY) return inWords(Intl.DateTimeFormat, { day: "numeric", month: "long", year: "numeric" }).format(new Date(moment));
  const [count, unit] =
    seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [Math.floor(seconds / 60), "minute"] : [Math.floor(seconds / 3600), "hour"];
  return inWords(Intl.RelativeTimeFormat, { style: "short", numeric: "always" }).format(-count, unit);
}

/* "10:32", with the day in front of it unless that is today. */
export function clock(moment) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return "";
  const isToday = date.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "numeric", month: "long" };
  return inWords(Intl.DateTimeFormat, { ...day, hour: "numeric", minute: "2-digit" }).format(date);
}

function inWords(Format, options = {}) {
  try {
    return new Format(document.documentElement.lang || undefined, options);
  } catch {
    // A language nobody's browser knows.
    return new Format(undefined, options);
  }
}
