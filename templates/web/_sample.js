const form = document.getElementById("choices");
const sample = document.getElementById("sample");
const heard = document.getElementById("heard");
let turn = 0;
form.addEventListener("change", async () => {
  const mine = ++turn;
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "sample");
  try {
    const answer = await fetch(location.href, { method: "POST", body });
    const html = await answer.text();
    if (!answer.ok || mine !== turn) return;
    sample.innerHTML = html;
    heard.textContent = sample.querySelector("p").textContent;
  } catch {
    // The button below does the same.
  }
});
