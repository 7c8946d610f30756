(() => {
  "use strict";
  const form = document.getElementById("tools");
  const body = document.querySelector("#sessions tbody");
  const fields = form.elements;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  // Read once: reading the page again for every key press makes long lists slow.
  const rows = [...body.rows].map((element, place) => ({
    element, place, ...element.dataset, rank: Number(element.dataset.rank),
    findings: element.dataset.findings.split(" "), labels: JSON.parse(element.dataset.labels), text: plain(element.textContent),
  }));
  const state = ["ok", "failed", "waiting", "duplicate"];
  // Sessions without a date or athlete come last in both directions.
  const last = (key, sign) => (a, b) => (!a[key] - !b[key]) || sign * collator.compare(a[key], b[key]);
  const orders = {
    rank: (a, b) => b.rank - a.rank, name: (a, b) => collator.compare(a.name, b.name),
    athlete: last("athlete", 1), date: last("date", 1), newest: last("date", -1),
    status: (a, b) => state.indexOf(a.status) - state.indexOf(b.status),
  };
  let order = "rank", reversed = false;
  const heads = [...document.querySelectorAll("thead [data-sort]")];

  const sort = () => {
    const compare = orders[order];
    rows.sort((a, b) => ((reversed ? -1 : 1) * compare(a, b)) || a.place - b.place);
    const all = document.createDocumentFragment();
    for (const row of rows) all.append(row.element);
    body.append(all);
    const shown = order === "newest" ? "date" : order;
    for (const head of heads) {
      const down = (order === "rank" || order === "newest") !== reversed;
      if (head.dataset.sort === shown) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  };
  const value = (name) => (fields[name] ? fields[name].value : "");
  const filter = () => {
    const words = plain(value("text")).split(/\s+/).filter(Boolean);
    const [athlete, finding, status] = ["athlete", "finding", "status"].map(value);
    const chosen = [...form.querySelectorAll("[data-label]")].filter((field) => field.value);
    let count = 0;
    for (const row of rows) {
      const fits = (!athlete || row.athlete === athlete) && (!status || row.status === status)
        && (!finding || row.findings.includes(finding))
        && chosen.every((field) => row.labels[field.dataset.label] === field.value) && words.every((word) => row.text.includes(word));
      row.element.hidden = !fits;
      count += fits;
    }
    const line = document.getElementById("count");
    line.textContent = line.dataset.text.replace("{shown}", count).replace("{all}", rows.length);
    document.getElementById("nothing").hidden = count > 0 || rows.length === 0;
  };
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const shown = order === "newest" ? "date" : order;
      if (shown === head.dataset.sort) reversed = !reversed;
      else { order = head.dataset.sort; reversed = false; }
      fields.sort.value = order;
      sort();
    });
  }
  form.addEventListener("input", (event) => {
    if (event.target.name === "sort") {
      order = event.target.value;
      reversed = false;
      sort();
    } else filter();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => {
    order = "rank";
    reversed = false;
    sort();
    filter();
  }));
  document.querySelector("#nothing button").addEventListener("click", () => form.reset());
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      fields.text.focus();
    }
    if (event.key === "Escape" && document.activeElement === fields.text && fields.text.value) {
      fields.text.value = "";
      filter();
    }
  });
  form.hidden = false;
  sort();
  filter();
})();
