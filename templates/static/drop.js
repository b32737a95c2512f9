// A file dropped anywhere on the page is put into the form's field and sent. Without this the field works as it is.
const form = document.querySelector("[data-drop]");
const field = form?.querySelector("input[type=file]");
const carriesFile = (event) => event.dataTransfer?.types.includes("Files");

if (field) {
  form.querySelector(".drop-hint").hidden = false;

  document.addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });

  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dropping");
  });

  document.addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    field.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
