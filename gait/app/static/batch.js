// One table for all sessions of a batch, kept up to date.
import { api, fill, pageTexts } from "/static/api.js";

const table = document.getElementById("batch"), texts = pageTexts(), final = ["done", "failed", "cancelled"];

function link(address, text) {
  return Object.assign(document.createElement("a"), { href: address, textContent: text });
}

function show(rows) {
  for (const row of rows) {
    const line = table.querySelector(`[data-row="${row.number}"]`);
    if (!line) return location.reload();
    const share = row.state === "running" && row.total ? ` ${fill(texts.percent, { percent: Math.floor((100 * row.done) / row.total) })}` : "";
    line.querySelector(".words").textContent = texts[row.state] + share;
    line.querySelector(".reason").textContent = row.reason ?? "";
    const place = line.querySelector(".links");
    const wanted = row.session ? `/sessions/${row.session}/report/` : row.job ? `/jobs/${row.job}` : null;
    if (wanted && place.firstElementChild?.getAttribute("href") !== wanted) place.replaceChildren(link(wanted, row.session ? texts.report : texts.follow));
  }
  const ended = rows.filter((row) => final.includes(row.state)), failed = rows.filter((row) => row.state === "failed");
  document.getElementById("summary").textContent = fill(texts.summary, { done: ended.length, count: rows.length, failed: failed.length });
  document.getElementById("whole").value = rows.length ? ended.length / rows.length : 1;
  return ended.length === rows.length;
}

for (;;) {
  let over = false;
  try {
    over = show((await api("GET", `/api/v1/batches/${table.dataset.batch}`)).rows);
  } catch (error) {
    if (error.status === 404) break;
  }
  if (over) break;
  await new Promise((resolve) => setTimeout(resolve, document.hidden ? 8000 : 2000));
}
