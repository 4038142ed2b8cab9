/*
 * Pictures are sent while one writes on. A line in the text stands for each until it is here, and becomes
 * the picture, or a sentence that says why there is none. What it shows is asked for beside the text.
 */

import { replaceQuietly, typeIn } from "./text.js";
import { number, part, say } from "./words.js";

export function startPictures(form, status, autosave, button) {
  const text = form.elements.body;
  const list = part("pictures");
  const chooser = part("chooser");
  const waiting = [];
  let isBusy = false;

  text.after(list);
  button.after(chooser);
  button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    sendAll([...chooser.files]);
    chooser.value = "";
  });
  window.addEventListener("online", () => list.querySelectorAll("[data-lost] [data-again]").forEach((again) => again.click()));
  return { sendAll };

  function sendAll(files) {
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    if (pictures.length < files.length) status.announce(say("noPicture"));
    for (const file of pictures) enter(file);
    next();
    return files.length > 0;
  }

  function enter(file) {
    const job = { file, row: part("picture"), stands: standIn(file), markdown: "", url: "", alt: "" };
    const [input] = job.row.getElementsByTagName("input");
    job.row.querySelector("[data-name]").textContent = file.name;
    job.row.querySelector("progress").setAttribute("aria-label", say("sendingNamed", { name: file.name }));
    input.addEventListener("input", () => describe(job, input.value));
    job.row.querySelector("[data-again]").addEventListener("click", () => again(job));
    job.row.querySelector("[data-done]").addEventListener("click", () => leave(job));
    list.append(job.row);
    list.hidden = false;
    putInText(job.stands);
    waiting.push(job);
  }

  // On a line of its own, and unlike any other.
  function putInText(words) {
    const before = text.value.slice(0, text.selectionStart);
    const gap = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
    typeIn(text, `${gap}${words}\n\n`);
  }

  function standIn(file) {
    const name = plainName(file.name);
    let words = `![${say("sendingNamed", { name })}]()`;
    for (let count = 2; text.value.includes(words); count += 1) {
      words = `![${say("sendingNamed", { name: `${name} ${number(count)}` })}]()`;
    }
    return words;
  }

  async function next() {
    if (isBusy || !waiting.length) return;
    isBusy = true;
    const job = waiting.shift();
    job.row.removeAttribute("data-lost");
    // Where it is sent to is known once the post itself is kept.
    if (!form.dataset.id) await autosave.save();
    const answer = form.dataset.id ? await upload(job) : { status: 0, said: {} };
    if (answer.status === 201) arrived(job, answer.said);
    else lost(job, answer);
    isBusy = false;
    next();
  }

  function upload({ file, row }) {
    const bar = row.querySelector("progress");
    const request = new XMLHttpRequest();
    const sent = new FormData();
    sent.append("file", file, file.name || "picture.png");
    bar.hidden = false;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = total ? loaded / total : 0;
    });
    request.open("POST", form.dataset.pictures);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => resolve({ status: request.status, said: parsed(request.responseText) }));
      request.send(sent);
    });
  }

  function arrived(job, { url, markdown, width, height }) {
    job.url = url;
    job.markdown = markdown || `![](${url})`;
    exchange(job, withAlt(job));
    job.row.querySelector("progress").hidden = true;
    job.row.dataset.here = "";
    const small = job.row.querySelector("img");
    Object.assign(small, { src: url, width, height, hidden: false });
    status.announce(say("pictureHere", { name: job.file.name }));
  }

  function lost(job, { status: number, said }) {
    const why = said.detail || say(number ? "pictureRefused" : "pictureUnsent");
    const sentence = say("pictureLost", { name: plainName(job.file.name), why });
    exchange(job, `[${sentence.replace(/[[\]]/g, "")}]`);
    job.row.dataset.lost = "";
    job.row.querySelector("progress").hidden = true;
    job.row.querySelector("[data-why]").textContent = sentence;
    status.announce(sentence);
  }

  function again(job) {
    const words = standIn(job.file);
    exchange(job, words);
    waiting.push(job);
    next();
  }

  function describe(job, alt) {
    job.alt = alt;
    if (job.url) exchange(job, withAlt(job));
  }

  function withAlt({ markdown, alt }) {
    const words = alt.trim().replace(/\s+/g, " ").replace(/[\\[\]]/g, "\\$&");
    if (markdown.startsWith("<")) return markdown.replace(/ alt="[^"]*"/, () => ` alt="${inHtml(alt.trim())}"`);
    return markdown.replace(/!\[(?:\\.|[^\]\\])*\]/, () => `![${words}]`);
  }

  // Whoever took the line out of the text wants no picture there.
  function exchange(job, words) {
    const place = text.value.indexOf(job.stands);
    if (place >= 0 && words !== job.stands) replaceQuietly(text, place, place + job.stands.length, words);
    job.stands = words;
  }

  function leave(job) {
    job.row.remove();
    list.hidden = !list.querySelector("li");
    text.focus();
  }
}

const inHtml = (words) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const plainName = (name) => name.replace(/[[\]()\\`*_<>\n]/g, " ").trim();

function parsed(words) {
  try {
    return JSON.parse(words) ?? {};
  } catch {
    return {};
  }
}
