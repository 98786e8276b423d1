// Building the page: elements and marked text, always as text nodes, never as HTML.

/** An element with attributes (on* are listeners, `class` is the class) and children. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * `text` with the spans marked, or linked where a mark has an `href`. Offsets count characters as Python does (code points),
 * JavaScript's own count UTF-16 units; the two differ after a rare Chinese character.
 */
export function marked(text, marks) {
  const characters = Array.from(text);
  const nodes = [];
  let at = 0;
  for (const { span, kind, href } of [...marks].sort((a, b) => a.span[0] - b.span[0])) {
    const start = Math.max(at, span[0]);
    const end = Math.min(characters.length, span[1]);
    if (start >= end) continue;
    nodes.push(characters.slice(at, start).join(""));
    const words = characters.slice(start, end).join("");
    nodes.push(href ? el("a", { class: kind, href }, words) : el("mark", { class: kind }, words));
    at = end;
  }
  nodes.push(characters.slice(at).join(""));
  return nodes.filter((node) => node !== "");
}

const NUMBERED = /^(第[^\s]{1,12}?[编章节条款](?:之[一二三四五六七八九十]+)?|[（(]?[一二三四五六七八九十百\d０-９]{1,4}[）)、.．]|[①-⑳])/u;

/** The text of a clause: its mark set off, what answers marked, dots explained. */
export function clauseText(clause, marks = []) {
  if (clause.elided) {
    const mark = clause.marks.length && clause.kind !== "text" ? clause.marks.at(-1) : "";
    return el("p", { class: "text elided" }, `${mark}（原文此处省略）`);
  }
  const number = NUMBERED.exec(clause.text);
  if (!number || marks.some(({ span }) => span[0] < number[0].length)) {
    return el("p", { class: "text" }, marked(clause.text, marks));
  }
  const length = number[0].length;
  const rest = marks.map((mark) => ({
    ...mark,
    span: [mark.span[0] - length, mark.span[1] - length],
  }));
  const glued = !/^\s/.test(clause.text.slice(length));
  return el(
    "p",
    { class: "text" },
    el("span", { class: glued ? "number" : "number spaced" }, number[0]),
    marked(clause.text.slice(length), rest),
  );
}

/** The words a person cites a clause by. */
export function citation(clause) {
  return `《${clause.document_title.replace(/^《(.*)》$/, "$1")}》${clause.path.join(" ")}`;
}

export const clauseUrl = (id) => `/clauses/${encodeURIComponent(id)}`;
export const documentUrl = (id, clause) =>
  `/documents/${encodeURIComponent(id)}${clause ? `#${encodeURIComponent(clause)}` : ""}`;

const STATUS_CLASS = { 现行: "in-force", 已修改: "ended", 废止: "ended", 尚未施行: "pending" };

/** Whether a document is in force and since when, where that is known; else null. */
export function badge({ status, version, effective }) {
  if (!status) return null;
  const since = status === "尚未施行" && effective ? `，${effective} 施行` : "";
  const label = version ? `${status}（${version} 版${since}）` : status;
  return el("span", { class: `badge ${STATUS_CLASS[status] ?? ""}` }, label);
}

/** Copies text; works without the clipboard interface too, which plain http lacks. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "sr", readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** Says something in the line that screen readers read out; `aloud` leaves it to them. */
export function announce(text, { aloud = false } = {}) {
  const line = document.getElementById("status");
  line.textContent = "";
  line.append(aloud ? el("span", { class: "sr" }, text) : text);
}
