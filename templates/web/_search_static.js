const MOST = 100;
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]/g;
const SAME = { "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي" };
const fold = (text) =>
  text.replace(/['’‘ʼ`´]/g, "").normalize("NFKD").toLowerCase().normalize("NFKD").replace(MARKS, "")
    .replace(/[øłđæœıßىةکی]/g, (letter) => SAME[letter])
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ").normalize("NFC").trim();

const question = new URLSearchParams(location.search).get("q") || "";
const words = fold(question.slice(0, 200)).split(" ").filter(Boolean).slice(0, 8);
document.getElementById("q").value = question;

const show = ([, title, url, below]) => {
  const item = document.createElement("li");
  const heading = item.appendChild(document.createElement("h2"));
  const name = url ? heading.appendChild(document.createElement("a")) : heading;
  if (url) name.href = url;
  name.textContent = title;
  if (url) name.dir = "auto";
  const line = item.appendChild(document.createElement("p"));
  line.className = "muted";
  line.textContent = below;
  return item;
};

if (words.length) {
  fetch("titles.json").then((answer) => answer.json()).then((titles) => {
    const found = titles.filter(([text]) => words.every((word) => text.includes(word)));
    document.getElementById("found").replaceChildren(...found.slice(0, MOST).map(show));
    const none = document.getElementById("none").content.textContent;
    document.getElementById("nothing").textContent = found.length ? "" : none.replace("…", question);
  });
}
