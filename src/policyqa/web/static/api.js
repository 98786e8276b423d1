// Requests to the service: one at a time for the page, with visible progress and clear errors.

import { announce } from "./dom.js";

const SHOW_AFTER_MS = 300;
const SAY_AGAIN_MS = 3000;
let underWay = null;

/** A failure with what to do about it, ready to be shown. */
export class Failure extends Error {
  constructor(message, advice, { status = 0, code = "" } = {}) {
    super(message);
    this.advice = advice;
    this.status = status;
    this.code = code;
  }
}

const ADVICE = {
  404: "请从文件目录重新查找，或直接提问。",
  413: "请缩短后再试。",
  422: "请修改后再试。",
  429: "请稍候几秒再试。",
  503: "页面会自动重试，无需刷新。",
};

/** The JSON of an address. Throws Failure; an abort passes as it is. */
export async function request(path, { body, signal } = {}) {
  const options = { signal, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("连接不到服务。", "请确认 policyqa serve 仍在运行，然后重试。");
  }
  let content = null;
  try {
    content = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("服务的回应不完整。", "请重试。", { status: response.status });
  }
  if (!response.ok) {
    const { code = "", message = "请求没有成功。" } = content?.error ?? {};
    const advice = ADVICE[response.status] ?? "请重试。";
    throw new Failure(message, advice, { status: response.status, code });
  }
  return content;
}

/** Runs `work(signal)` for the main view; a newer one ends it. Null when it was ended. */
export async function exclusively(what, work) {
  underWay?.abort();
  const controller = new AbortController();
  underWay = controller;
  const bar = document.getElementById("progress");
  const main = document.getElementById("main");
  const began = Date.now();
  let again = 0;
  const show = setTimeout(() => {
    bar.hidden = false;
    announce(`正在${what}……`);
    again = setInterval(() => {
      announce(`仍在${what}，已用 ${Math.round((Date.now() - began) / 1000)} 秒……`);
    }, SAY_AGAIN_MS);
  }, SHOW_AFTER_MS);
  main.setAttribute("aria-busy", "true");
  announce("");
  try {
    const result = await work(controller.signal);
    return controller.signal.aborted ? null : result;
  } catch (error) {
    if (controller.signal.aborted) return null;
    throw error;
  } finally {
    clearTimeout(show);
    clearInterval(again);
    if (underWay === controller) {
      underWay = null;
      bar.hidden = true;
      main.removeAttribute("aria-busy");
      announce("");
    }
  }
}
