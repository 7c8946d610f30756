import { api, fill, pageTexts } from "/static/api.js";

const box = document.getElementById("job"), texts = pageTexts(), identifier = box.dataset.job;
const element = (name) => document.getElementById(name);
const FINAL = ["done", "failed", "cancelled"];

function list(target, lines) {
  target.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

function show(job) {
  const final = FINAL.includes(job.state), result = job.result;
  const stage = texts[final ? job.state : job.state === "waiting" ? "waiting" : job.stage] ?? job.stage ?? "";
  if (element("stage").textContent !== stage) element("stage").textContent = stage;
  const bar = element("bar");
  if (job.state === "done") bar.value = 1;
  else if (job.total) bar.value = job.done / job.total;
  else bar.removeAttribute("value");
  bar.hidden = job.state === "failed" || job.state === "cancelled";
  const left = final ? null : job.seconds_left;
  element("left").textContent = left === null ? "" : left < 90 ? fill(texts.left, { seconds: Math.ceil(left) }) : fill(texts.left_min, { minutes: Math.ceil(left / 60) });
  if (result?.early?.length) list(element("values"), result.early);
  element("early").hidden = !result?.early?.length || Boolean(result.report_ready);
  if (result?.headlines) list(element("headlines"), result.headlines.length ? result.headlines : [texts.nothing]);
  element("first").hidden = !result?.headlines;
  if (job.session) {
    element("report").href = `/sessions/${job.session}/report/`;
    element("report").hidden = false;
  }
  element("video-problem").hidden = !(final && result?.video_problem);
  element("reason").textContent = job.reason ?? "";
  element("reason").hidden = !job.reason;
  if (element("cancel")) {
    element("cancel").hidden = final;
    element("retry").hidden = !["failed", "cancelled"].includes(job.state);
  }
}

function showCheck(job) {
  if (!job.result) return;
  const lines = [...job.result.refusals, ...job.result.advice];
  list(element("advice"), lines.length ? lines : [texts.good]);
  element("again").hidden = !lines.length;
  element("check").hidden = false;
}

function follow(job, onJob) {
  const events = new EventSource(`/api/v1/jobs/${job}/events`);
  events.addEventListener("job", (event) => {
    const record = JSON.parse(event.data);
    onJob(record);
    if (FINAL.includes(record.state)) events.close();
  });
  events.addEventListener("gone", () => events.close());
}

async function change(button, action) {
  button.disabled = true;
  try {
    await api("POST", `/api/v1/jobs/${identifier}/${action}`);
    if (action === "retry") follow(identifier, show);
  } catch (error) {
    element("reason").textContent = error.message;
    element("reason").hidden = false;
  } finally {
    button.disabled = false;
  }
}

follow(identifier, show);
if (box.dataset.check) follow(box.dataset.check, showCheck);
element("cancel")?.addEventListener("click", (event) => change(event.currentTarget, "cancel"));
element("retry")?.addEventListener("click", (event) => change(event.currentTarget, "retry"));
