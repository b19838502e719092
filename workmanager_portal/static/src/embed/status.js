// The service status form for any web site; see docs/en/status-form.md.
// Stands alone: no library, no style of the page, no request but to its own server.
(() => {
  const script = document.currentScript;
  const server = new URL(script.src).origin;
  const wanted = script.dataset.lang || document.documentElement.lang || "en";
  const lang = wanted.toLowerCase().startsWith("ro") ? "ro" : "en";
  const TEXTS = {
    en: {
      title: "Is it ready?",
      intro:
        "Type the number of your service sheet and its code. Both are printed on the intake protocol.",
      number: "Number",
      code: "Code",
      help: "Or the last four digits of the phone number that you gave us.",
      send: "Show the status",
      sending: "One moment…",
      missing: "Please fill in the number and the code.",
      failed: "The status cannot be shown now. Please try again later.",
      expected: "Expected ready:",
      done: "Done",
      current: "Now",
      todo: "To come",
      decide: "Use the link in our message to see the offer.",
      questions: "Questions?",
      again: "Look up another service",
    },
    ro: {
      title: "Este gata?",
      intro:
        "Introduceți numărul fișei de service și codul ei. Ambele sunt tipărite pe procesul verbal de preluare.",
      number: "Număr",
      code: "Cod",
      help: "Sau ultimele patru cifre ale numărului de telefon pe care ni l-ați dat.",
      send: "Vedeți starea",
      sending: "Un moment…",
      missing: "Completați numărul și codul.",
      failed: "Starea nu poate fi afișată acum. Încercați din nou mai târziu.",
      expected: "Termen estimat:",
      done: "Încheiat",
      current: "Acum",
      todo: "Urmează",
      decide: "Folosiți linkul din mesajul nostru pentru a vedea oferta.",
      questions: "Întrebări?",
      again: "Căutați altă fișă",
    },
  };
  const text = TEXTS[lang];
  const CSS = `
:host { all: initial; display: block; }
* { box-sizing: border-box; }
.box { --color: #2f6f8f; max-width: 32rem; padding: 1.25rem; border: 1px solid #d0d5da;
  border-radius: .5rem; background: #fff; color: #1f2933; text-align: start;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h2 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.2; overflow-wrap: anywhere; }
h2:focus { outline: none; }
h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
p { margin: 0 0 .75rem; }
label { display: block; margin-top: .75rem; font-weight: 600; }
input { width: 100%; min-height: 2.75rem; padding: .375rem .75rem; border: 1px solid #7b8794;
  border-radius: .375rem; background: #fff; color: inherit; font: inherit; }
button { min-height: 2.75rem; margin-top: 1rem; padding: .375rem 1.25rem; cursor: pointer;
  border: 1px solid var(--color); border-radius: .375rem; background: var(--color);
  color: #fff; font: inherit; font-weight: 600; }
button[aria-disabled="true"] { opacity: .6; cursor: progress; }
button.link { background: none; color: var(--color); }
:is(input, button, a):focus-visible { outline: 3px solid var(--color); outline-offset: 2px; }
a { color: var(--color); }
.help { margin: .25rem 0 0; color: #52606d; font-size: .875rem; }
.error { margin-top: .75rem; padding: .5rem .75rem; border-radius: .375rem;
  background: #fde8e8; color: #8a1c1c; }
.error:empty { display: none; }
.notice { padding: .5rem .75rem; border-radius: .375rem; background: #e6f1f5; }
.notice.warning { background: #fdf3d7; }
.notice.success { background: #e3f5e6; }
ol { margin: 1rem 0; padding: 0; list-style: none; }
li { position: relative; display: flex; flex-wrap: wrap; justify-content: space-between;
  gap: 0 1rem; padding: 0 0 .75rem 2rem; }
li::before { content: ""; position: absolute; left: 0; top: .125rem; width: 1.125rem;
  height: 1.125rem; border: 2px solid #c2c9d1; border-radius: 50%; background: #fff; }
li.done::before { border-color: #2f8f4e; background: #2f8f4e; }
li.current::before { border-color: var(--color); background: var(--color); }
li.current { font-weight: 600; }
li.todo, time { color: #52606d; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) { button { transition: opacity .2s; } }
`;

  // Texts go in as texts, never as HTML.
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child || child === 0));
    return element;
  };

  const day = (iso) => {
    const [year, month, date] = iso.split("-").map(Number);
    const shown = new Date(year, month - 1, date).toLocaleDateString(lang, {
      dateStyle: "medium",
    });
    return make("time", {datetime: iso}, shown);
  };

  const field = (name, label, attributes) => [
    make("label", {for: name}, label),
    make("input", {
      id: name,
      name,
      required: "",
      autocomplete: "off",
      autocapitalize: "characters",
      spellcheck: "false",
      ...attributes,
    }),
  ];

  const box = make("section", {class: "box", lang, "aria-label": text.title});
  if (window.CSS.supports("color", script.dataset.color || "")) {
    box.style.setProperty("--color", script.dataset.color);
  }

  const showForm = (focus) => {
    const error = make("div", {class: "error", id: "error", role: "alert"});
    const button = make("button", {type: "submit"}, text.send);
    const form = make(
      "form",
      {novalidate: ""},
      ...field("number", text.number, {maxlength: "64"}),
      ...field("code", text.code, {maxlength: "32", "aria-describedby": "help"}),
      make("p", {class: "help", id: "help"}, text.help),
      error,
      button
    );
    const fail = (message) => {
      error.textContent = message;
      for (const input of form.querySelectorAll("input")) {
        input.setAttribute("aria-invalid", "true");
      }
      const empty = [...form.querySelectorAll("input")].find((i) => !i.value.trim());
      (empty || form.querySelector("input")).focus();
    };
    form.addEventListener("submit", async (ev) => {
      ev.preventDefault();
      const [number, code] = ["number", "code"].map((id) =>
        form.querySelector(`#${id}`).value.trim()
      );
      if (button.getAttribute("aria-disabled")) {
        return;
      }
      error.textContent = "";
      if (!number || !code) {
        fail(text.missing);
        return;
      }
      button.setAttribute("aria-disabled", "true");
      button.textContent = text.sending;
      try {
        const response = await fetch(`${server}/workmanager/api/v1/status`, {
          method: "POST",
          credentials: "omit",
          headers: {"Content-Type": "application/json"},
          body: JSON.stringify({number, code, lang}),
        });
        const answer = await response.json();
        if (response.ok) {
          showStatus(answer);
        } else {
          fail(answer.error.message);
        }
      } catch {
        fail(text.failed);
      } finally {
        button.removeAttribute("aria-disabled");
        button.textContent = text.send;
      }
    });
    box.replaceChildren(make("h2", {}, text.title), make("p", {}, text.intro), form);
    if (focus) {
      form.querySelector("input").focus();
    }
  };

  const showStatus = (status) => {
    const {phone, email} = status.contact;
    const title = make("h2", {tabindex: "-1"}, status.number);
    const again = make("button", {type: "button", class: "link"}, text.again);
    again.addEventListener("click", () => showForm(true));
    const parts = [
      title,
      make(
        "p",
        {class: `notice ${status.notice.level}`, role: "status"},
        status.notice.text
      ),
      status.has_offer && make("p", {}, text.decide),
      status.expected && make("p", {}, `${text.expected} `, day(status.expected)),
      make(
        "ol",
        {},
        ...status.steps.map((step) =>
          make(
            "li",
            {
              class: step.status,
              ...(step.status === "current" ? {"aria-current": "step"} : {}),
            },
            make(
              "span",
              {},
              step.label,
              make("span", {class: "hidden"}, ` (${text[step.status]})`)
            ),
            step.date && day(step.date)
          )
        )
      ),
      (phone || email) && make("h3", {}, text.questions),
      phone && make("div", {}, make("a", {href: `tel:${phone}`}, phone)),
      email && make("div", {}, make("a", {href: `mailto:${email}`}, email)),
      again,
    ];
    box.replaceChildren(...parts.filter(Boolean));
    title.focus();
  };

  const start = () => {
    const host = document.createElement("div");
    const root = host.attachShadow({mode: "open"});
    // Unlike a style element, a site's content security policy lets this pass.
    const style = new CSSStyleSheet();
    style.replaceSync(CSS);
    root.adoptedStyleSheets = [style];
    root.append(box);
    showForm(false);
    const target =
      script.dataset.target && document.querySelector(script.dataset.target);
    if (target) {
      target.append(host);
    } else if (document.body.contains(script)) {
      script.after(host);
    } else {
      document.body.append(host);
    }
  };

  if (document.readyState === "loading" && !document.body?.contains(script)) {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
