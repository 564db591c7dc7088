// The toolbar above a document.

document.getElementById("print").addEventListener("click", () => window.print());
