// What the markup of every page is held to. Each rule that is changed carries its reason.
export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:standard"],
  rules: {
    // A list of checkboxes is one question: HTML sends each ticked one under the same name.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],
    // Search engines cut long titles, readers do not: the title of a practice is its name, up to 100 characters.
    "long-title": "off",
  },
};
