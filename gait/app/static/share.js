// The choice "without the name" holds for all files; the page shows when the small video is there.
import { api } from "/static/api.js";

const choice = document.getElementById("private");
choice?.addEventListener("change", () => {
  for (const link of document.querySelectorAll("[data-file]")) {
    const address = new URL(link.href);
    if (choice.checked) address.searchParams.set("private", "true");
    else address.searchParams.delete("private");
    link.href = address.href;
  }
});
const small = document.getElementById("small");
if (small?.dataset.state === "making") {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const { state } = await api("GET", `/api/v1/sessions/${small.dataset.session}/small-video`).catch(() => ({ state: "making" }));
    if (state !== "making") break;
  }
  location.reload();
}
