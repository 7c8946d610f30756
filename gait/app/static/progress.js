import { api, fill, pageTexts } from "/static/api.js";

const box = document.getElementById("job"), texts = pageTexts(), identifier = box.dataset.job;
const element = (name) => document.getElementById(name);

function list(target, lines) {
  target.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

function show(job) {
  const final = ["done", "failed", "cancelled"].includes(job.state);
  element("stage").textContent = texts[final ? job.state : job.state === "waiting" ? "waiting" : job.stage] ?? job.stage ?? "";
  const bar = element("bar");
  if (job.state === "done") bar.value = 1;
  else if (job.total) bar.value = job.done / job.total;
  else bar.removeAttribute("value");
  bar.hidden = job.state === "failed" || job.state === "cancelled";
  const left = job.seconds_left;
  element("left").textContent = left === null ? "" : left < 90 ? fill(texts.left, { seconds: Math.ceil(left) }) : fill(texts.left_min, { minutes: Math.ceil(left / 60) });
  if (job.result?.headlines?.length) {
    list(element("headlines"), job.result.headlines);
    element("first").hidden = false;
  }
  if (job.session) {
    element("report").href = `/sessions/${job.session}/report/`;
    element("report").hidden = false;
  }
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
  element("check").hidden = false;
}

function follow(job, onJob) {
  const events = new EventSource(`/api/v1/jobs/${job}/events`);
  events.addEventListener("job", (event) => {
    const record = JSON.parse(event.data);
    onJob(record);
    if (["done", "failed", "cancelled"].includes(record.state)) events.close();
  });
  events.addEventListener("gone", () => events.close());
}

follow(identifier, show);
if (box.dataset.check) follow(box.dataset.check, showCheck);
element("cancel")?.addEventListener("click", () => api("POST", `/api/v1/jobs/${identifier}/cancel`));
element("retry")?.addEventListener("click", async () => {
  await api("POST", `/api/v1/jobs/${identifier}/retry`);
  follow(identifier, show);
});
