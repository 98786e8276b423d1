// Judging a pool: one question at a time, by keyboard; every judgement is saved before it shows.

import { request } from "/static/api.js";
import { announce, el } from "/static/dom.js";

const API = "/api/v1/judge";
const REMEMBERED = "policyqa-judge";
// Keys to grades; the labels come from the service.
const KEYS = { 1: 2, 2: 1, 3: 0 };

const main = document.getElementById("main");
let judge = "";
let labels = {};
let current = null; // the question shown: the service's record and its list entries
let saves = Promise.resolve(); // judgements are sent one after another, in the order of the keys

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return ""; // a browser may forbid it; then the name is typed each time
  }
}

function remember(name) {
  try {
    localStorage.setItem(REMEMBERED, name);
  } catch {
    // see `remembered`
  }
}

const asJudge = (path) => `${API}/${path}?${new URLSearchParams({ judge })}`;

function said(error) {
  if (error.advice === undefined) console.error(error);
  return error.advice === undefined ? "页面出错，请刷新后重试。" : `${error.message}${error.advice}`;
}

function showProgress({ judged, total }) {
  document.getElementById("tally").hidden = false;
  const bar = document.getElementById("done");
  bar.max = total;
  bar.value = judged;
  document.getElementById("count").textContent = `已评 ${judged} / ${total} 条`;
}

/** Asks for the name first; the one used last on this machine is filled in. */
async function enter() {
  const about = await request(API);
  labels = about.grades;
  const field = el("input", { id: "name", name: "judge", maxlength: 40, autocomplete: "off", required: true, value: remembered() });
  const form = el("form", { class: "enter" },
    el("label", {}, "您的名字", field),
    el("button", { type: "submit" }, "开始评判"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    judge = field.value.trim();
    try {
      const progress = await request(asJudge("progress"));
      judge = progress.judge;
      remember(judge);
      document.getElementById("who").textContent = `评判人：${judge}`;
      await show(progress.next ?? 1);
      announce(progress.next === null ? "全部评完，可以复查。" : progress.judged ? `接着上次评，已评 ${progress.judged} 条。` : "");
    } catch (error) {
      announce(said(error));
      field.focus();
    }
  });
  main.replaceChildren(
    el("h1", { class: "plain" }, `评判：${about.name}`),
    el("p", {}, `共 ${about.queries} 题、${about.items} 条。请判断每一条条款能否回答它上面的问题：`),
    el("ul", {},
      el("li", {}, `${labels[2]}：这一条回答了问题；`),
      el("li", {}, `${labels[1]}：说的是同一件事，但只回答了一部分；`),
      el("li", {}, `${labels[0]}：不能用来回答。`)),
    form);
  field.focus();
}

function row(item) {
  const buttons = Object.entries(KEYS).map(([key, grade]) =>
    el("button", { type: "button", "data-grade": grade, onclick: () => give(entry, grade) },
      el("kbd", { "aria-hidden": "true" }, key), labels[grade]));
  const node = el("li", { class: "result", tabindex: "-1", "data-item": item.item },
    el("p", { class: "path" }, item.title),
    el("p", { class: "text" }, item.text),
    el("div", { class: "grades", role: "group", "aria-label": "评判" }, buttons));
  node.addEventListener("focusin", () => { if (current) current.at = current.entries.indexOf(entry); });
  const entry = { item: item.item, grade: item.grade, saving: 0, node, buttons };
  mark(entry);
  return entry;
}

function mark(entry) {
  for (const button of entry.buttons) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.grade) === entry.grade));
  }
  entry.node.classList.toggle("saving", entry.saving > 0);
}

function focusOn(at) {
  if (!current.entries.length) return;
  current.at = Math.max(0, Math.min(at, current.entries.length - 1));
  const { node } = current.entries[current.at];
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: "nearest" });
}

const open = (entry) => entry.grade === null && entry.saving === 0;

/** Shows a question; the first text that is not judged has the focus, or the one named. */
async function show(number, item = null) {
  const record = await request(asJudge(`queries/${number}`));
  const entries = record.items.map(row);
  current = { record, entries, at: 0 };
  document.title = `第 ${record.number} 题 · 评判 · 政策问答`;
  main.replaceChildren(
    el("p", { class: "place" }, `第 ${record.number} 题，共 ${record.of} 题`),
    el("h1", { class: "question" }, record.text),
    el("ol", { class: "judged-list" }, entries.map((entry) => entry.node)),
    el("p", { class: "moves" },
      el("button", { type: "button", class: "quiet", onclick: () => turn(-1) }, "上一题"),
      el("button", { type: "button", class: "quiet", onclick: () => turn(1) }, "下一题"),
      el("button", { type: "button", class: "quiet", onclick: unjudged }, "下一条未评"),
      el("button", { type: "button", class: "quiet", onclick: undo }, "撤销")));
  showProgress(record);
  announce("");
  window.scrollTo(0, 0);
  const named = entries.findIndex((entry) => entry.item === item);
  focusOn(named >= 0 ? named : Math.max(0, entries.findIndex(open)));
}

/** Judges one text and goes on to the next that is not judged. */
function give(entry, grade) {
  const { record, entries } = current;
  entry.saving += 1;
  mark(entry);
  const at = entries.indexOf(entry);
  const later = entries.findIndex((one, place) => place > at && open(one));
  const next = later >= 0 ? later : entries.findIndex(open);
  if (next >= 0) focusOn(next);
  saves = saves.then(async () => {
    try {
      const body = { judge, query: record.query, item: entry.item, grade };
      const progress = await request(`${API}/judgements`, { body });
      entry.grade = grade;
      showProgress(progress);
      const whole = entries.every((one) => one.grade !== null);
      announce(progress.next === null ? "全部评完，谢谢。" : whole ? "本题评完，按 n 到下一条未评。" : `已存：${labels[grade]}`);
    } catch (error) {
      announce(`没有存上：${said(error)}`);
      if (current?.entries === entries) focusOn(at);
    } finally {
      entry.saving -= 1;
      mark(entry);
    }
  });
}

/** Leaves the question; until another is there, no key judges anything. */
async function leave(work) {
  const before = current;
  current = null;
  try {
    await saves;
    await work();
  } catch (error) {
    announce(said(error));
  } finally {
    current ??= before;
  }
}

function turn(step) {
  const number = current.record.number + step;
  if (number < 1 || number > current.record.of) {
    announce(step < 0 ? "这是第一题。" : "这是最后一题。");
    return;
  }
  leave(() => show(number));
}

/** Goes to the next text without a judgement: in this question, else in the first unfinished. */
function unjudged() {
  const { entries, at } = current;
  const later = entries.findIndex((one, place) => place > at && open(one));
  const next = later >= 0 ? later : entries.findIndex(open);
  if (next >= 0) {
    focusOn(next);
    return;
  }
  leave(async () => {
    const progress = await request(asJudge("progress"));
    if (progress.next === null) announce("全部评完，谢谢。");
    else await show(progress.next);
  });
}

function undo() {
  leave(async () => {
    const undone = await request(`${API}/undo`, { body: { judge } });
    await show(undone.number, undone.item);
    announce(undone.grade === null ? "已撤销，这一条待评。" : `已撤销，恢复为：${labels[undone.grade]}`);
  });
}

document.addEventListener("keydown", (event) => {
  if (!current || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea")) return;
  const actions = {
    ArrowDown: () => focusOn(current.at + 1),
    ArrowUp: () => focusOn(current.at - 1),
    ArrowRight: () => turn(1),
    ArrowLeft: () => turn(-1),
    n: unjudged,
    u: undo,
  };
  if (event.key in KEYS && !event.repeat) {
    if (current.entries.length) give(current.entries[current.at], KEYS[event.key]);
  } else if (event.key in actions) {
    actions[event.key]();
  } else {
    return;
  }
  event.preventDefault();
});

enter().catch((error) => announce(said(error)));
