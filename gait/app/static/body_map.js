// Taps on the drawing set the check boxes of the list, which are what is sent and what screen readers read.

/** Connect the drawings of a body map with its check boxes. `onChange(boxes)` is called after every change. */
export function connectBodyMap(map, onChange = () => {}) {
  const boxes = [...map.querySelectorAll('input[type="checkbox"]')];
  const byArea = new Map(boxes.map((box) => [box.value, box]));
  const chosen = map.querySelector("[data-chosen]");

  const show = () => {
    for (const shape of map.querySelectorAll("[data-area]")) shape.classList.toggle("on", byArea.get(shape.dataset.area).checked);
    const names = boxes.filter((box) => box.checked).map((box) => box.nextElementSibling.textContent);
    chosen.textContent = names.length ? names.join(" · ") : chosen.dataset.none;
    onChange(boxes);
  };
  map.addEventListener("click", (event) => {
    const box = byArea.get(event.target.closest("[data-area]")?.dataset.area);
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  map.addEventListener("change", show);
  show();
  return { boxes, show };
}
