// The view of a question: the answer with its clause, or that there is none, and other clauses.

import { request } from "./api.js";
import { actions, breadcrumb, hitCard, printedSource, provision } from "./clause.js";
import { el } from "./dom.js";

const SURE = 0.8;
const LIKELY = 0.5;
const FILTER_NAMES = ["document", "issuer", "from", "to", "versions", "as_of"];
const SHOWN = 6;

const EXAMPLES = [
  ["政协党建工作要点", "区委常委会每年听取几次汇报"],
  ["政协党建工作要点", "每名党员委员联系几名党外委员"],
  ["示例大学学生请假与考勤管理规定", "学生请假超过一周由谁批准"],
  ["云溪市政务服务投诉处理办法", "投诉应当在多少个工作日内办结"],
  ["示例大学科研经费管理办法", "科研经费管理办法第五条"],
];

/** The body's filters from an address's query. */
function filtersOf(parameters) {
  const given = FILTER_NAMES.map((name) => [name, (parameters.get(name) ?? "").trim()]);
  const kept = given.filter(([, value]) => value !== "");
  return kept.length ? Object.fromEntries(kept) : null;
}

function confidence(value) {
  const words = value >= SURE ? "较有把握" : value >= LIKELY ? "供参考" : "把握不大，请核对原文";
  const level = value >= SURE ? "sure" : value >= LIKELY ? "likely" : "weak";
  return el("p", { class: `confidence ${level}` }, `${words}（${Math.round(value * 100)}%）`);
}

function answerCard(answer, hit, clause) {
  const holder = el(
    "div",
    { class: "holder" },
    provision(hit ?? clause, {
      below: hit?.below ?? [],
      answerId: answer.clause_id,
      span: answer.span,
    }),
  );
  const long = Array.from(answer.answer).length > 30;
  return el(
    "article",
    { class: "card answered result", tabindex: "-1", "data-open": `/clauses/${encodeURIComponent(answer.clause_id)}`, "aria-labelledby": "answer" },
    el("p", { class: "asked" }, answer.question),
    el("h1", { class: long ? "answer long" : "answer", id: "answer" }, answer.answer),
    confidence(answer.confidence),
    breadcrumb(clause, answer),
    holder,
    actions(clause, holder),
    printedSource(clause),
  );
}

function unansweredCard(answer, filtered) {
  return el(
    "article",
    { class: "card unanswered", "aria-labelledby": "answer" },
    el("p", { class: "asked" }, answer.question),
    el("h1", { class: "answer none", id: "answer" }, "文件中没有说明"),
    el("p", {}, "所收文件里没有找到能直接回答这个问题的文字。可以："),
    el(
      "ul",
      { class: "advice" },
      el("li", {}, "换用文件里的说法再问，例如写出事项、机关或人员的全称；"),
      filtered
        ? el("li", {}, "放宽“限定文件范围”里的条件；")
        : el("li", {}, "在“限定文件范围”里写出文件标题，缩小范围再问；"),
      el("li", {}, "看看下面最接近的条款，或在", el("a", { href: "/documents" }, "文件目录"), "里核对是否收有相关文件。"),
    ),
  );
}

/** The view of `?q=…`. */
export async function questionView(parameters, signal) {
  const question = parameters.get("q").trim();
  const filters = filtersOf(parameters);
  const answer = await request("/api/v1/ask", {
    body: { question, k: SHOWN, ...(filters ? { filters } : {}) },
    signal,
  });
  document.title = `${question} · 政策问答`;
  const hits = answer.clauses;
  let top = null;
  let card;
  if (answer.answered) {
    const inHit = (hit) => [hit, ...(hit.below ?? [])].find((one) => one.clause_id === answer.clause_id);
    top = hits.find(inHit) ?? null;
    const clause = top
      ? inHit(top)
      : await request(`/api/v1/clauses/${encodeURIComponent(answer.clause_id)}`, { signal });
    card = answerCard(answer, top, clause);
  } else {
    card = unansweredCard(answer, filters !== null);
  }
  const others = hits.filter((hit) => hit !== top);
  const heading = answer.answered ? "其他相关条款" : "最接近的条款";
  if (!others.length) {
    return [card, answer.answered ? null : el("p", { class: "notice" }, "没有可供参考的条款。")].filter(Boolean);
  }
  return [
    card,
    el("section", { class: "others", "aria-labelledby": "others" },
      el("h2", { id: "others" }, heading),
      el("ol", { class: "results" }, others.map(hitCard))),
  ];
}

/** What the empty page offers: examples that the documents at hand can answer. */
export async function welcomeView(signal) {
  document.title = "政策问答";
  const intro = el(
    "section",
    { class: "welcome" },
    el("h1", {}, "从文件原文里找答案"),
    el("p", {}, "用平常的话提问，逐条检索所收政策文件，答案标在原文里；文件没有说的，会如实告知。"),
  );
  const { documents, total } = await request("/api/v1/documents?limit=200", { signal });
  if (total === 0) {
    intro.append(
      el("p", { class: "notice" }, "还没有收录文件。请先运行 ", el("code", {}, "policyqa index 文件夹"), "，然后刷新此页。"),
    );
    return [intro];
  }
  const titles = documents.map((one) => one.title);
  const fitting = EXAMPLES.filter(([title]) => titles.some((one) => one.includes(title)));
  const links = fitting.length
    ? fitting.map(([, question]) => [question, `/?q=${encodeURIComponent(question)}`])
    : documents.slice(0, 5).map((one) => [one.title, `/documents/${encodeURIComponent(one.document_id)}`]);
  intro.append(
    el("h2", {}, fitting.length ? "可以这样问" : "从这些文件看起"),
    el("ul", { class: "examples" }, links.map(([text, href]) =>
      el("li", { class: "result", tabindex: "-1", "data-open": href }, el("a", { href }, text)))),
    el("p", { class: "count" }, "现收文件 ", el("a", { href: "/documents" }, `${total} 份`), "。"),
  );
  return [intro];
}
