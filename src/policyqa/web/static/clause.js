// One clause as a card: path, text, neighbours one click away, permalink and citation.

import { request } from "./api.js";
import { announce, badge, citation, clauseText, clauseUrl, copy, documentUrl, el } from "./dom.js";

/** Path of a clause from its document down, as links and text, with the document's status. */
export function breadcrumb(clause, standing = clause) {
  return el(
    "nav",
    { class: "path", "aria-label": "所在位置" },
    el("a", { class: "source", href: documentUrl(clause.document_id, clause.clause_id) },
      clause.document_title),
    badge(standing),
    clause.path.map((part) => el("span", { class: "step" }, part)),
  );
}

/** The clause and what is printed under it, with what answers marked. */
export function provision(clause, { below = [], answerId = null, span = null, links = [] } = {}) {
  const marksOf = (one) => {
    if (links.length && one === clause) return links;
    if (span && one.clause_id === answerId) return [{ span, kind: "answer" }];
    return (one.highlights ?? []).map((words) => ({ span: words, kind: "word" }));
  };
  return el(
    "div",
    { class: "provision", "data-clause": clause.clause_id },
    clauseText(clause, marksOf(clause)),
    below.map((item) => {
      const line = clauseText(item, marksOf(item));
      line.classList.add("below");
      line.dataset.clause = item.clause_id;
      return line;
    }),
  );
}

/** Buttons that put the clause before, or after, into `holder`, again and again. */
function neighbourButton(label, direction, holder, edge) {
  let from = edge;
  const button = el("button", { type: "button", class: "quiet", "data-go": direction }, label);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const found = await nextUnseen(from, direction, holder);
      if (!found) {
        announce(direction === "next" ? "已是文件的最后一条。" : "已是文件的第一条。");
        button.textContent = direction === "next" ? "没有下一条了" : "没有上一条了";
        return;
      }
      from = found.clause_id;
      const piece = provision(found);
      piece.classList.add("neighbour");
      piece.prepend(el("a", { class: "anchor", href: clauseUrl(found.clause_id) }, direction === "next" ? "下一条" : "上一条"));
      if (direction === "next") holder.append(piece);
      else holder.prepend(piece);
      announce(direction === "next" ? "已展开下一条。" : "已展开上一条。");
      button.disabled = false;
    } catch (error) {
      announce(`${error.message}${error.advice ?? ""}`);
      button.disabled = false;
    }
  });
  return button;
}

/** The nearest clause in a direction that the card does not show yet. */
async function nextUnseen(from, direction, holder) {
  const shown = new Set(
    [...holder.querySelectorAll("[data-clause]")].map((node) => node.dataset.clause),
  );
  let at = from;
  for (let steps = 0; steps < 200; steps += 1) {
    const clause = await request(`/api/v1/clauses/${encodeURIComponent(at)}`);
    const neighbour = clause[direction];
    if (!neighbour || !shown.has(neighbour.clause_id)) return neighbour;
    at = neighbour.clause_id;
  }
  return null;
}

/** The row under a clause: neighbours, permalink, citation, whole document. */
export function actions(clause, holder) {
  const cite = el("button", { type: "button", class: "quiet cite" }, "复制引用");
  cite.addEventListener("click", async () => {
    const done = await copy(citation(clause));
    announce(done ? `已复制：${citation(clause)}` : "浏览器不允许复制，请手工选取。");
    cite.textContent = done ? "已复制" : "未能复制";
    setTimeout(() => { cite.textContent = "复制引用"; }, 2000);
  });
  return el(
    "div",
    { class: "actions" },
    neighbourButton("上一条", "previous", holder, clause.clause_id),
    neighbourButton("下一条", "next", holder, clause.clause_id),
    cite,
    el("a", { class: "quiet permalink", href: clauseUrl(clause.clause_id) }, "本条链接"),
    el("a", { class: "quiet", href: documentUrl(clause.document_id, clause.clause_id) }, "查看全文"),
  );
}

/** Where the words stand, for the foot of a printed page. */
export function printedSource(clause) {
  return el("p", { class: "printed" }, `出处：${citation(clause)}　${location.origin}${clauseUrl(clause.clause_id)}`);
}

/** A hit below the answer. */
export function hitCard(hit) {
  const holder = el("div", { class: "holder" }, provision(hit, { below: hit.below ?? [] }));
  return el(
    "li",
    { class: "result", tabindex: "-1", "data-open": clauseUrl(hit.clause_id) },
    breadcrumb(hit),
    holder,
    actions(hit, holder),
  );
}

/** A reference as a link to the clause or document that it leads to. */
function linkMark({ start, end, clause_id: clause, document_id: document }) {
  const href = clause ? clauseUrl(clause) : documentUrl(document);
  return { span: [start, end], kind: "reference", href };
}

/** What the clause refers to and the index does not hold. */
function unresolved(references) {
  const names = [...new Set(references.filter((one) => !one.resolved).map((one) => one.text))];
  return names.length
    ? el("p", { class: "upper" }, `所引的${names.join("、")}不在所收文件中，或未能定位。`)
    : null;
}

/** The clauses that refer to this one. */
function referringClauses(referring) {
  if (!referring.length) return null;
  return el(
    "section",
    { class: "referring" },
    el("h2", {}, `引用本条的条款（${referring.length}）`),
    el("ul", { class: "results" }, referring.map(({ clause, start, end }) =>
      el(
        "li",
        { class: "result", tabindex: "-1", "data-open": clauseUrl(clause.clause_id) },
        breadcrumb(clause),
        clauseText(clause, [{ span: [start, end], kind: "word" }]),
        el("div", { class: "actions" },
          el("a", { class: "quiet permalink", href: clauseUrl(clause.clause_id) }, "本条链接")),
      ))),
  );
}

/** The view of one clause by its permalink. */
export async function clauseView(id, signal) {
  const path = `/api/v1/clauses/${encodeURIComponent(id)}`;
  const [clause, related] = await Promise.all([
    request(path, { signal }),
    request(`${path}/links`, { signal }),
  ]);
  const links = related.references.filter((one) => one.resolved).map(linkMark);
  const holder = el("div", { class: "holder" }, provision(clause, { below: clause.children, links }));
  document.title = `${clause.path.at(-1) ?? "正文"} · ${clause.document_title}`;
  return [
    el(
      "article",
      { class: "card clause result", tabindex: "-1", "data-open": documentUrl(clause.document_id, clause.clause_id) },
      breadcrumb(clause),
      holder,
      actions(clause, holder),
      printedSource(clause),
    ),
    clause.parent
      ? el("p", { class: "upper" }, "上一级：",
          el("a", { href: clauseUrl(clause.parent.clause_id) }, clause.parent.path.at(-1) ?? "正文"))
      : null,
    unresolved(related.references),
    referringClauses(related.referenced_by),
  ].filter(Boolean);
}
