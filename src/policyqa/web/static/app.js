// Addresses to views, the search box, and the keyboard.

import { exclusively } from "./api.js";
import { questionView, welcomeView } from "./answer.js";
import { clauseView } from "./clause.js";
import { documentView, documentsView } from "./documents.js";
import { announce, el } from "./dom.js";

const RETRY_MS = 2000;
const main = document.getElementById("main");
const form = document.getElementById("ask");
const box = document.getElementById("q");
const filters = document.getElementById("filters");
const versions = document.getElementById("versions");
const asOf = document.getElementById("as-of");
let retry = 0;

/** The view of the address, as [what it is doing, how to build it]. */
function route() {
  const parameters = new URLSearchParams(location.search);
  const [kind, id] = location.pathname.split("/").filter(Boolean);
  if (kind === undefined) {
    return parameters.get("q")?.trim()
      ? ["查找答案", (signal) => questionView(parameters, signal)]
      : ["打开", (signal) => welcomeView(signal)];
  }
  const name = id === undefined ? "" : decodeURIComponent(id);
  if (kind === "clauses" && name) return ["打开条款", (signal) => clauseView(name, signal)];
  if (kind === "documents" && name) return ["打开文件", (signal) => documentView(name, signal)];
  return ["打开目录", (signal) => documentsView(parameters, signal, go)];
}

function fillForm() {
  const parameters = new URLSearchParams(location.search);
  const asking = location.pathname === "/";
  for (const field of form.elements) {
    if (!field.name) continue;
    if (asking || field !== box) field.value = asking ? parameters.get(field.name) ?? "" : field.value;
  }
  if (asking && parameters.get("as_of")) versions.value = "as_of";
  showAsOf();
  if (asking && ["document", "issuer", "from", "to", "versions", "as_of"].some((name) => parameters.get(name))) {
    filters.open = true;
  }
  document.body.classList.toggle("front", asking && !parameters.get("q")?.trim());
}

/** The day is asked for only where it counts. */
function showAsOf() {
  asOf.hidden = versions.value !== "as_of";
}

/** The address's query of the form: the choice of versions is either a word or a day. */
function wanted() {
  const given = new Map([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  given.delete(given.get("versions") === "as_of" ? "versions" : "as_of");
  return new URLSearchParams([...given].filter(([, value]) => value));
}

/** Draws the view of the current address. */
async function draw({ focus = true, scroll = true } = {}) {
  clearTimeout(retry);
  fillForm();
  const [what, build] = route();
  let parts;
  try {
    parts = await exclusively(what, build);
  } catch (error) {
    parts = [failureCard(error)];
  }
  if (parts === null) return;
  main.replaceChildren(...parts);
  const anchor = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (anchor) {
    aim(anchor);
  } else if (scroll) {
    window.scrollTo(0, 0);
  }
  const answered = main.querySelector("#answer");
  if (answered) announce(main.querySelector(".unanswered") ? "文件中没有说明。" : `答案：${answered.textContent}`, { aloud: true });
  if (document.body.classList.contains("front")) {
    if (focus) box.focus();
  } else if (focus) {
    (main.querySelector(".card.result") ?? main).focus({ preventScroll: true });
  }
}

function failureCard(error) {
  const known = error.advice !== undefined;
  if (!known) console.error(error);
  if (error.status === 503) retry = setTimeout(() => draw({ focus: false }), RETRY_MS);
  document.title = "未能完成 · 政策问答";
  return el(
    "article",
    { class: "card failure", role: "alert" },
    el("h1", { class: "plain" }, known ? error.message : "页面出错。"),
    el("p", {}, known ? error.advice : "请重试；仍然出错时请刷新页面。"),
    el("p", { class: "actions" },
      el("button", { type: "button", onclick: () => draw() }, "重试"),
      el("a", { class: "quiet", href: "/documents" }, "文件目录")),
  );
}

function aim(section) {
  main.querySelector(".aimed")?.classList.remove("aimed");
  section.classList.add("aimed");
  section.scrollIntoView({ block: "start" });
}

/** Goes to an address of this page without loading it anew. */
function go(href, options) {
  history.pushState(null, "", href);
  draw(options);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (!question) {
    announce("请先输入要问的问题。");
    box.focus();
    return;
  }
  go(`/?${wanted()}`);
});

versions.addEventListener("change", showAsOf);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || /^\/(api|static|openapi)/.test(url.pathname)) return;
  const samePage = url.pathname === location.pathname && url.search === location.search;
  if (samePage && url.hash) {
    const target = document.getElementById(decodeURIComponent(url.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    history.pushState(null, "", url.href);
    if (target.classList.contains("unit")) aim(target);
    else target.focus();
    return;
  }
  event.preventDefault();
  go(url.href);
});

window.addEventListener("popstate", () => draw({ scroll: false }));

/** Moves among the results; from the box, down to the first. */
function move(step) {
  const results = [...main.querySelectorAll(".result")];
  if (!results.length) return false;
  const at = results.findIndex((one) => one.contains(document.activeElement));
  const to = at < 0 ? (step > 0 ? 0 : results.length - 1) : at + step;
  if (to < 0) {
    box.focus();
    return true;
  }
  const chosen = results[Math.min(to, results.length - 1)];
  chosen.focus();
  chosen.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest?.("input, textarea, select");
  if (event.key === "Escape") {
    box.focus();
    box.select();
    event.preventDefault();
    return;
  }
  if (typing) {
    if (event.key === "ArrowDown" && typing === box && move(1)) event.preventDefault();
    return;
  }
  if (event.key === "/") {
    box.focus();
    box.select();
    event.preventDefault();
  } else if (event.key === "j" || event.key === "k") {
    if (move(event.key === "j" ? 1 : -1)) event.preventDefault();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const among = main.querySelectorAll(".result").length > 1 || event.target.closest?.(".result");
    if (among && !main.querySelector(".reader") && move(event.key === "ArrowDown" ? 1 : -1)) {
      event.preventDefault();
    }
  } else if (event.key === "Enter" && event.target.classList?.contains("result")) {
    if (event.target.dataset.open) go(event.target.dataset.open);
  }
});

if (location.pathname === "/" && !new URLSearchParams(location.search).get("q")?.trim()) box.focus();
draw({ focus: document.activeElement !== box });
