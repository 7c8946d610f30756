import { connectBodyMap } from "/static/body_map.js";

const form = document.querySelector("form.about");
const nothing = form.elements.none, elsewhere = form.elements.elsewhere;
const conditional = [...form.querySelectorAll("[data-only-if]")].map((part) => [part, JSON.parse(part.dataset.onlyIf)]);

/** Options that are chosen for a question; the place of a pain is told by the map. */
function given(question) {
  const boxes = question === "pain_where" ? form.querySelectorAll("input[data-option]:checked") : form.querySelectorAll(`input[name="${question}"]:checked`);
  return [...boxes].map((box) => box.dataset.option ?? box.value);
}

function showAsked() {
  for (const [part, conditions] of conditional) part.hidden = !conditions.every(({ question, options }) => given(question).some((one) => options.includes(one)));
  for (const topic of form.querySelectorAll(".topic")) topic.hidden = ![...topic.querySelectorAll("fieldset")].some((part) => !part.hidden);
}

const map = connectBodyMap(form.querySelector("[data-body-map]"));
form.addEventListener("change", (event) => {
  // "Nothing hurts" and a place that hurts exclude each other: the one chosen last holds.
  if (event.target === nothing && nothing.checked) {
    for (const box of [...map.boxes, elsewhere]) box.checked = false;
    map.show();
  } else if (event.target.dataset.option && event.target.checked) nothing.checked = false;
  showAsked();
});
showAsked();
document.querySelector(".fault")?.scrollIntoView({ block: "center" });
