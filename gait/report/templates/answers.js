// Ranks the advice again when the form of questions changes. The same rules as gait/findings/advice_ranking.py and
// week_plan.py, from the same data (gait/report/page_rules.py); a test compares the results.
(() => {
  "use strict";
  const data = document.getElementById("advice-rules");
  if (!data) return;
  const rules = JSON.parse(data.textContent);
  const texts = rules.texts;
  const correctionOf = new Map(rules.corrections.map((c) => [c.id, c]));
  const questionOf = new Map(rules.questions.map((q) => [q.id, q]));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));

  // ---- rules -------------------------------------------------------------------------------------------------------

  const meets = (condition, answers) => {
    const value = answers[condition.question];
    if (value === undefined) return false;
    if (typeof value === "boolean") return value === condition.yes;
    const options = condition.options || [];
    if (typeof value === "string") return options.includes(value);
    if (Array.isArray(value)) return value.some((one) => options.includes(one));
    const factor = condition.times === undefined ? 1 : answers[condition.times];
    if (typeof factor !== "number") return false;
    const low = condition.at_least === undefined ? -Infinity : condition.at_least * factor;
    const high = condition.at_most === undefined ? Infinity : condition.at_most * factor;
    return low <= value && value <= high && (condition.times === undefined || value > 0);
  };
  const isMet = (trigger, answers) => trigger.every((condition) => meets(condition, answers));
  const anyMet = (triggers, answers) => triggers.some((trigger) => isMet(trigger, answers));
  const compare = (a, b) => {
    for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
    return 0;
  };

  const positionsOfFindings = () => {
    const positions = new Map();
    const clearFirst = [...rules.findings.filter((f) => f.evidence !== "likely"),
      ...rules.findings.filter((f) => f.evidence === "likely")];
    for (const finding of clearFirst) {
      for (const id of finding.corrections) {
        if (!positions.has(id)) positions.set(id, { place: positions.size, clear: finding.evidence === "clear" });
      }
    }
    return positions;
  };
  const positions = positionsOfFindings();

  const fitsPain = (entry, answers) => {
    const met = entry.when.filter((trigger) => isMet(trigger, answers));
    if (met.some((trigger) => trigger.some((c) => questionOf.get(c.question).about_pain))) return true;
    const where = answers[rules.pain_where];
    const hurts = Array.isArray(where) && !where.includes(questionOf.get(rules.pain_where).none);
    return met.length > 0 && entry.theme === "load" && hurts;
  };
  const fitOf = (entry, answers) => {
    const pain = fitsPain(entry, answers);
    if (pain && entry.theme === "pain") return "protect";
    const position = positions.get(entry.id);
    if (position) return pain ? "pain_and_form" : position.clear ? "form" : "likely_form";
    return pain ? "pain" : "answers";
  };

  // The form %g of Python, for the numbers that can be answered.
  const numberText = (value) => String(Number(value.toPrecision(6))).replace(".", rules.decimal_sign);
  const answerText = (question, value) => {
    if (typeof value === "boolean") return value ? texts.yes : texts.no;
    if (typeof value === "string") return question.options[value];
    if (Array.isArray(value)) return value.map((one) => question.options[one]).reduce((first, second) => fill(texts.clauses, { first, second }));
    return `${numberText(value * question.factor)} ${question.unit}`;
  };
  const reasonsFor = (entry, answers) => {
    const met = entry.when.filter((trigger) => isMet(trigger, answers));
    const asked = new Set(met.flatMap((trigger) => trigger.map((c) => c.question)));
    return [
      ...rules.findings.filter((f) => f.corrections.includes(entry.id)).map((f) => f.headline),
      ...[...asked].map((id) => `${questionOf.get(id).text} ${answerText(questionOf.get(id), answers[id])}`),
    ];
  };

  const rank = (answers, signs, withheld) => {
    let chosen = rules.corrections
      .filter((c) => !withheld.has(c.id) && (anyMet(c.when, answers) || c.differs || positions.has(c.id)))
      .map((entry) => ({ entry, fit: fitOf(entry, answers) }));
    const running = (items) => (items.includes("stop") ? "stop" : items.includes("ease") ? "ease" : null);
    const stopped = running([...signs, ...chosen.map((one) => one.entry)].map((one) => one.running)) === "stop";
    if (stopped) chosen = chosen.filter((one) => one.entry.running !== "ease");
    const earlier = new Map();
    const ofFit = new Map(rules.orders.fit.flat().map((fit) => [fit, []]));
    chosen.forEach(({ entry, fit }, index) => {
      const position = positions.get(entry.id);
      let place = [position ? position.place : 0, 0];
      if (fit === "protect" || fit === "pain" || fit === "answers") {
        const key = `${fit}/${entry.evidence}/${entry.theme}`;
        place = [rules.orders.evidence.indexOf(entry.evidence), earlier.get(key) || 0];
        earlier.set(key, place[1] + 1);
      }
      const later = stopped
        && (rules.running.kinds.includes(entry.kind) || rules.running.slots.includes(entry.slot));
      ofFit.get(fit).push({ entry, fit, later, key: [Number(later), ...place, index] });
    });
    const ranked = rules.orders.fit.flatMap((fits, row) => fits.flatMap((fit, column) =>
      ofFit.get(fit).sort((a, b) => compare(a.key, b.key))
        .map((one, turn) => ({ ...one, key: [Number(one.later), row, turn, column] }))));
    ranked.sort((a, b) => compare(a.key, b.key));
    return { ranked, running: running([...signs, ...ranked.map((one) => one.entry)].map((one) => one.running)) };
  };

  const itemsOf = (entries, part) => {
    const items = new Map();
    for (const entry of entries) {
      const exercises = entry.exercises.filter((e) => part.kinds.includes(e.kind)).slice(0, part.exercises);
      for (const e of exercises) {
        if (!items.has(e.id)) items.set(e.id, { title: e.title, id: entry.id, dose: e.sets, exercise: e.id });
      }
      if (!exercises.length && !items.has(entry.id)) {
        items.set(entry.id, { title: entry.title, id: entry.id, dose: entry.dose, exercise: null });
      }
    }
    return [...items.values()];
  };
  const fillDay = (outline, ranked, withheld) => {
    const sections = [];
    let { purpose } = outline;
    let done = false;
    for (const part of outline.parts) {
      const fitting = ranked.map((one) => one.entry).filter((e) => part.slots.includes(e.slot)).slice(0, part.most);
      const usual = part.usual.filter((id) => !withheld.has(id)).map((id) => correctionOf.get(id));
      const entries = [...fitting, ...usual.filter((e) => !fitting.includes(e))].slice(0, part.most);
      const items = itemsOf(entries, part);
      if (items.length) {
        done = true;
        sections.push({ label: part.label, items });
      } else if (part.otherwise) {
        const instead = { title: part.otherwise, id: null, dose: null, exercise: null };
        sections.push({ label: part.otherwise_label || part.label, items: [instead] });
      } else if (part.slots.length === 1 && part.slots[0] === "drills") {
        purpose = rules.purposes.no_drills;
      }
    }
    const first = outline.parts[0].slots;
    if (!done && first.length === 1 && first[0] === "strength") purpose = rules.purposes.no_exercises;
    return { name: outline.name, purpose, sections };
  };
  const planWeek = (signs, ranked, running, withheld) => {
    let kind = running === "stop" ? "rest" : running || "run";
    if (signs.some((sign) => sign.running === "stop")) kind = "wait";
    if (signs.some((sign) => sign.level === "now")) kind = "none";
    const hurts = ranked.some((one) => one.fit === "protect");
    const cues = ranked.map((one) => one.entry).filter((e) => e.slot === "in_run").slice(1);
    return {
      kind,
      intro: rules.intros[kind === "run" && hurts ? "run_with_pain" : kind],
      days: rules.weeks[kind].map((outline) => fillDay(outline, ranked, withheld)),
      next_cues: kind === "run" ? cues.map((c) => ({ title: c.title, id: c.id, dose: c.dose, exercise: null })) : [],
    };
  };

  const evaluate = (answers) => {
    const signs = rules.warnings.filter((sign) => anyMet(sign.when, answers));
    const urgent = signs.filter((sign) => sign.level !== "heed");
    const shown = urgent.length ? urgent : signs;
    const held = new Set(signs.flatMap((sign) => sign.holds_back));
    const withheld = new Set(rules.corrections.filter((c) => held.has(c.id) || held.has(c.kind)).map((c) => c.id));
    const { ranked, running } = rank(answers, signs, withheld);
    const best = ranked.find((one) => !one.later);
    const usual = rules.usual.find((id) => !withheld.has(id));
    const step = best ? best.entry : usual ? correctionOf.get(usual) : null;
    return {
      step: step && !shown.some((sign) => sign.level === "now")
        ? { id: step.id, title: step.title, text: step.text } : null,
      urgency: shown.length ? shown[0].level : "",
      warnings: shown.map((sign) => ({ id: sign.id, level: sign.level, text: sign.text })),
      withheld: [...withheld],
      exercises_withheld: [...withheld].some((id) => correctionOf.get(id).kind === "exercise"),
      advice: ranked.map(({ entry, fit, later }) => ({
        id: entry.id, title: entry.title, text: entry.text, dose: entry.dose, fit, later,
        exercises: entry.exercises, reasons: reasonsFor(entry, answers),
      })),
      week: planWeek(signs, ranked, running, withheld),
    };
  };

  // ---- the form ----------------------------------------------------------------------------------------------------

  const fold = document.querySelector("[data-questions]");
  const form = fold && fold.querySelector("form");
  const partOf = new Map();
  for (const part of form ? form.querySelectorAll("[data-question]") : []) partOf.set(part.dataset.question, part);

  // Returns the value for the rules, and the value as it is written into a file.
  const readNumber = (question, part) => {
    const input = part.querySelector("input");
    const typed = input.value.trim().replace(",", ".");
    const unit = part.querySelector("select");
    const inKm = unit !== null && unit.value === "km";
    let value = typed === "" ? NaN : Number(typed);
    if (inKm) value /= rules.km_per_mile;
    const wrong = typed !== "" && !(value >= question.low && value <= question.high);
    const note = part.querySelector("[data-fault]");
    const factor = inKm ? rules.km_per_mile : 1;
    note.textContent = wrong
      ? fill(texts.bad_number, { low: numberText(question.low * factor), high: Math.floor(question.high * factor) }) : "";
    input.setAttribute("aria-invalid", String(wrong));
    if (wrong || typed === "") return undefined;
    return { value, written: inKm ? `"${Number(typed)} km"` : String(value) };
  };
  const readOne = (question, part) => {
    if (question.kind === "number") return readNumber(question, part);
    const ticked = [...part.querySelectorAll("input:checked")].map((input) => input.value).filter((v) => v !== "");
    if (!ticked.length) return undefined;
    if (question.kind === "yes_no") return { value: ticked[0] === "yes", written: String(ticked[0] === "yes") };
    if (question.kind === "choice") return { value: ticked[0], written: `"${ticked[0]}"` };
    return { value: ticked, written: `[${ticked.map((one) => `"${one}"`).join(", ")}]` };
  };
  // In the order of the questions: what an answer no longer asks for is hidden and does not count.
  const readForm = () => {
    const answers = {}, lines = [`# ${texts.toml_head}`];
    for (const question of rules.questions) {
      const part = partOf.get(question.id);
      if (!part) continue;
      part.hidden = question.only_if.length > 0 && !isMet(question.only_if, answers);
      const read = part.hidden ? undefined : readOne(question, part);
      if (read === undefined) continue;
      answers[question.id] = read.value;
      lines.push("", `# ${question.text}`, `${question.id} = ${read.written}`);
    }
    return { answers, toml: `${lines.join("\n")}\n` };
  };

  // ---- what the page shows -----------------------------------------------------------------------------------------

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const linkTo = (id, title) => make("a", { href: `#${id}` }, title);
  const replaceAll = (selector, build) => {
    for (const place of document.querySelectorAll(selector)) place.replaceChildren(...build());
  };

  const adviceItem = (one) => make("li", { "data-advice": one.id },
    make("p", { class: "kind" }, one.later ? `${rules.fits[one.fit]}; ${texts.later}` : rules.fits[one.fit]),
    make("h3", {}, one.title),
    make("p", {}, one.text),
    one.dose ? make("p", {}, make("strong", {}, texts.how_much), ` ${one.dose}`) : null,
    one.exercises.length ? make("p", {}, texts.show_me,
      ...one.exercises.flatMap((e, n) => [n ? ", " : " ", linkTo(`exercise-${e.id}`, e.title)])) : null,
    one.reasons.length
      ? make("p", { class: "small" }, fill(texts.because, { reasons: one.reasons.join(" · ") })) : null);
  const adviceList = (advice) => {
    if (!advice.length) return [make("p", {}, texts.none)];
    const first = advice.slice(0, rules.shown_at_once), rest = advice.slice(rules.shown_at_once);
    const parts = [make("ol", { class: "ranked" }, ...first.map(adviceItem))];
    if (rest.length) {
      const list = make("ol", { class: "ranked", start: String(first.length + 1) }, ...rest.map(adviceItem));
      parts.push(make("details", {}, make("summary", {}, fill(texts.more, { count: rest.length })), list));
    }
    return parts;
  };
  const weekItem = (item) => make("li", {},
    item.id ? linkTo(item.exercise ? `exercise-${item.exercise}` : `general-${item.id}`, item.title) : item.title,
    item.dose ? make("span", { class: "dose" }, ` ${item.dose}`) : null);
  const weekGrid = (week) => {
    const days = week.days.map((day) => make("li", {},
      make("h3", {}, day.name), make("p", { class: "kind" }, day.purpose),
      ...day.sections.map((section) => make("div", { class: "part" },
        make("p", { class: "small" }, section.label), make("ul", {}, ...section.items.map(weekItem))))));
    const parts = [make("p", { class: "intro" }, week.intro)];
    if (days.length) parts.push(make("ol", { class: "week" }, ...days));
    if (week.next_cues.length) {
      const cues = week.next_cues.flatMap((cue, n) => [n ? "; " : " ", linkTo(`general-${cue.id}`, cue.title)]);
      parts.push(make("p", { class: "small" }, texts.next_cues, ...cues, "."));
    }
    return parts;
  };
  const sortGeneral = (result) => {
    const place = new Map([...result.warnings, ...result.advice].map((one, n) => [one.id, n]));
    const placeOf = (id) => (place.has(id) ? place.get(id) : place.size);
    for (const general of document.querySelectorAll("[data-general]")) {
      const order = Object.entries(rules.sections).map(([id, items]) => ({
        id, items: items.map((item, n) => [placeOf(item), n, item]).sort(compare),
      })).map((section, n) => ({ ...section, key: [section.items[0][0], n] })).sort((a, b) => compare(a.key, b.key));
      for (const section of order) {
        const part = general.querySelector(`[data-section="${section.id}"]`);
        for (const [, , item] of section.items) {
          const row = part.querySelector(`[data-item="${item}"]`);
          row.classList.toggle("fits", place.has(item));
          row.parentNode.append(row);
        }
        general.append(part);
      }
    }
  };

  const show = (result) => {
    document.documentElement.dataset.urgency = result.urgency;
    replaceAll("[data-warning-list]", () => result.warnings.map((sign) => make("p",
      { class: "notice", "data-level": sign.level, "data-sign": sign.id }, make("strong", {}, sign.text))));
    for (const list of document.querySelectorAll("[data-warning-list]")) list.hidden = !result.warnings.length;
    for (const part of document.querySelectorAll("[data-correction]")) {
      part.hidden = result.withheld.includes(part.dataset.correction);
    }
    replaceAll("[data-ranked-advice]", () => adviceList(result.advice));
    replaceAll("[data-week-plan]", () => weekGrid(result.week));
    sortGeneral(result);
    const values = { first: result.advice.length ? result.advice[0].title : "", count: result.advice.length };
    const status = result.warnings.length && result.urgency !== "heed"
      ? (result.advice.length ? texts.status_warnings : result.warnings[0].text)
      : result.advice.length ? texts.status_advice : texts.status_none;
    for (const line of document.querySelectorAll("[data-answers-status]")) line.textContent = fill(status, values);
    document.dispatchEvent(new CustomEvent("gait:answers", { detail: result }));
  };

  const reveal = () => {
    const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.localName === "details") part.open = true;
    target.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#general-"], a[href^="#exercise-"]');
    if (link && link.hash === location.hash) reveal();
  });
  reveal();

  if (form) {
    for (const line of document.querySelectorAll("[data-without-script]")) line.hidden = true;
    fold.hidden = false;
    readForm();
    // The advice above the form grows and shrinks; the question that was answered stays where it is on the screen.
    const update = (touched) => {
      const before = touched.getBoundingClientRect().top;
      show(evaluate(readForm().answers));
      scrollBy({ top: touched.getBoundingClientRect().top - before, behavior: "instant" });
    };
    form.addEventListener("change", (event) => {
      const box = event.target, part = box.closest("[data-question]");
      const question = part && questionOf.get(part.dataset.question);
      if (question && question.none && box.checked) {
        for (const other of part.querySelectorAll("input")) {
          if (other !== box && (box.value === question.none || other.value === question.none)) other.checked = false;
        }
      }
      update(box);
    });
    form.addEventListener("input", (event) => { if (event.target.type === "text") update(event.target); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("[data-save]").addEventListener("click", () => {
      const url = URL.createObjectURL(new Blob([readForm().toml], { type: "application/toml" }));
      make("a", { href: url, download: "answers.toml" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    });
    form.querySelector("[data-clear]").addEventListener("click", () => {
      for (const input of form.querySelectorAll("input")) {
        if (input.type === "text") input.value = "";
        else input.checked = input.type === "radio" && input.value === "";
      }
      update(form);
    });
  }
  window.gaitAdvice = { evaluate, readForm };
})();
