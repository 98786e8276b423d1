// The list of documents, and one document with its outline.

import { request } from "./api.js";
import { announce, badge, citation, clauseText, clauseUrl, copy, documentUrl, el } from "./dom.js";

const PAGE = 50;
const OUTLINE_DEPTH = 3;
const TITLE_LENGTH = 60;

function facts(metadata) {
  const { issuer, number, date, level, region, secrecy, effective } = metadata;
  const since = effective ? `${effective} 起施行` : null;
  return [issuer, number, date, level, region, secrecy, since].filter(Boolean);
}

/** Links to the other versions of a document's law. */
function otherVersions(versions) {
  if (!versions.length) return null;
  return el("nav", { class: "versions", "aria-label": "其他版本" },
    el("p", {}, "其他版本："),
    el("ul", {}, versions.map((one) =>
      el("li", {}, el("a", { href: documentUrl(one.document_id) }, one.title), badge(one)))));
}

/** When the document was adopted and amended, as it prints it. */
function historyOf({ history }) {
  if (!history?.length) return null;
  return el("details", { class: "history" },
    el("summary", {}, `沿革（${history.length}）`),
    el("ul", {}, history.map(({ text }) => el("li", {}, text))));
}

function row(record) {
  const href = documentUrl(record.document_id);
  return el(
    "li",
    { class: "result document", tabindex: "-1", "data-open": href },
    el("a", { class: "title", href }, record.title),
    badge(record),
    el("p", { class: "facts" }, facts(record.metadata).join("　") || "文中未写明机关、文号和日期"),
  );
}

/** The list, filtered by title and issuer. */
export async function documentsView(parameters, signal, go) {
  document.title = "文件目录 · 政策问答";
  const query = new URLSearchParams();
  for (const name of ["document", "issuer", "from", "to", "versions", "as_of"]) {
    const value = (parameters.get(name) ?? "").trim();
    if (value) query.set(name, value);
  }
  const filtered = query.size > 0;
  const fetchPage = (offset, abort) =>
    request(`/api/v1/documents?${new URLSearchParams([...query, ["offset", offset], ["limit", PAGE]])}`, { signal: abort });
  const { documents, total } = await fetchPage(0, signal);
  const field = (name, label) => el("label", {}, label, el("input", { name, value: query.get(name) ?? "", maxlength: 200 }));
  const form = el("form", { class: "narrow", action: "/documents" },
    field("document", "标题含"), field("issuer", "发文机关含"),
    el("label", {}, "版本", el("select", { name: "versions" },
      el("option", { value: "" }, "全部"),
      el("option", { value: "current", selected: query.get("versions") === "current" }, "现行"))),
    el("button", { type: "submit" }, "筛选"),
    filtered ? el("a", { class: "quiet", href: "/documents" }, "清除条件") : null);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
    go(`/documents${wanted.size ? `?${wanted}` : ""}`);
  });
  const list = el("ol", { class: "results documents" }, documents.map(row));
  const parts = [
    el("h1", { class: "plain" }, "文件目录"),
    form,
    el("p", { class: "count" }, filtered ? `符合条件的文件 ${total} 份` : `共 ${total} 份`),
    list,
  ];
  if (total === 0) {
    parts.push(el("p", { class: "notice" }, filtered
      ? "没有符合条件的文件，请减少条件或换用标题里的其他字词。"
      : "还没有收录文件。请先运行 policyqa index 文件夹，然后刷新此页。"));
  }
  let shown = documents.length;
  if (shown < total) {
    const more = el("button", { type: "button" }, "再显示一些");
    more.addEventListener("click", async () => {
      more.disabled = true;
      try {
        const page = await fetchPage(shown);
        list.append(...page.documents.map(row));
        shown += page.documents.length;
        if (shown >= total || !page.documents.length) more.remove();
      } catch (error) {
        announce(`${error.message}${error.advice ?? ""}`);
      }
      more.disabled = false;
    });
    parts.push(more);
  }
  return parts;
}

/** Depth of each clause, and which have clauses under them. */
function shape(clauses) {
  const depth = new Map();
  const parents = new Set();
  for (const clause of clauses) {
    const above = depth.get(clause.parent_id);
    depth.set(clause.clause_id, above === undefined ? 0 : above + 1);
    if (clause.parent_id) parents.add(clause.parent_id);
  }
  return { depth, parents };
}

function outlineLabel(clause) {
  const last = clause.path.at(-1) ?? "";
  const bare = last === clause.marks.at(-1);
  const label = bare ? clause.text.split("\n", 1)[0] : last;
  const characters = Array.from(label);
  return characters.length > 26 ? `${characters.slice(0, 25).join("")}…` : label;
}

function outline(clauses, { depth, parents }) {
  const isHeading = (clause) => clause.marks.length > 0 && clause.kind !== "text" && !clause.elided
    && depth.get(clause.clause_id) < OUTLINE_DEPTH
    && (["part", "chapter", "section", "annex"].includes(clause.kind) || clause.path.at(-1) !== clause.marks.at(-1));
  let entries = clauses.filter(isHeading);
  if (entries.length < 2) {
    entries = clauses.filter((one) => depth.get(one.clause_id) === 0 && one.marks.length && !one.elided);
  }
  if (entries.length < 2) return null;
  return el("nav", { class: "outline", "aria-label": "目录" },
    el("details", { open: matchMedia("(min-width: 60rem)").matches },
      el("summary", {}, "目录"),
      el("ul", {}, entries.map((one) =>
        el("li", { class: `level${depth.get(one.clause_id)}` },
          el("a", { href: `#${encodeURIComponent(one.clause_id)}` }, outlineLabel(one)))))));
}

function clauseSection(clause, { depth, parents }) {
  const text = clauseText(clause);
  const level = depth.get(clause.clause_id);
  const length = Array.from(clause.text).length;
  const heading = !clause.elided && parents.has(clause.clause_id) && length <= TITLE_LENGTH
    && !/[。；：:;]\s*$/.test(clause.text);
  const cite = el("button", { type: "button", class: "quiet", title: "复制引用" }, "引用");
  cite.addEventListener("click", async () => {
    announce((await copy(citation(clause))) ? `已复制：${citation(clause)}` : "浏览器不允许复制。");
  });
  if (heading) {
    text.setAttribute("role", "heading");
    text.setAttribute("aria-level", String(Math.min(level + 2, 6)));
  }
  const indent = ["paragraph", "text"].includes(clause.kind) ? "" : ` level${Math.min(level, 3)}`;
  return el("section",
    { id: clause.clause_id, tabindex: "-1", class: `unit${heading ? " heading" : ""}${indent}`, "data-clause": clause.clause_id },
    text,
    el("span", { class: "tools" }, el("a", { class: "quiet", href: clauseUrl(clause.clause_id), title: "本条链接" }, "链接"), cite));
}

/** One document: outline at the side, clauses in order. */
export async function documentView(id, signal) {
  const record = await request(`/api/v1/documents/${encodeURIComponent(id)}`, { signal });
  document.title = `${record.title} · 政策问答`;
  const form = shape(record.clauses);
  const side = outline(record.clauses, form);
  return [
    el("div", { class: side ? "reader with-outline" : "reader" },
      side,
      el("article", { class: "paper" },
        el("header", {},
          el("h1", {}, record.title),
          badge(record),
          el("p", { class: "facts" }, facts(record.metadata).join("　")),
          otherVersions(record.versions),
          historyOf(record.metadata),
          el("p", { class: "origin" }, `来源文件：${record.source.split(/[\\/]/).pop()}`)),
        record.clauses.map((clause) => clauseSection(clause, form)))),
  ];
}
