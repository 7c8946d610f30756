// Choose all athletes that are shown at once.
const all = document.getElementById("all"), boxes = [...document.querySelectorAll('input[name="athlete"]')];
if (all && boxes.length > 1) {
  all.hidden = false;
  document.getElementById("all-text").hidden = false;
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  };
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  boxes.forEach((box) => box.addEventListener("change", tell));
  tell();
}
