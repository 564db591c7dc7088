// The choice of a period: a usual one fills in its dates, a date of one's own is a period of one's own.

const form = document.getElementById("coverage-form");
const dates = [form.elements.from, form.elements.to];

form.addEventListener("change", (event) => {
  const field = event.target;
  if (field.name === "period" && field.dataset.from) {
    form.elements.from.value = field.dataset.from;
    form.elements.to.value = field.dataset.to;
  } else if (dates.includes(field)) {
    form.elements.period.value = "custom";
  }
});
