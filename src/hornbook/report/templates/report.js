"use strict";
(() => {
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView({ block: "start" });
    }
  };
  addEventListener("hashchange", open);
  open();

  for (const explorer of document.querySelectorAll(".explorer")) {
    const form = explorer.querySelector("form.filter");
    const problems = [...explorer.querySelectorAll(".problems > details")];
    const squares = [...explorer.querySelectorAll(".squares > a")];
    const apply = () => {
      const show = form.elements.show.value;
      const find = form.elements.find.value.trim().toLowerCase();
      let shown = 0;
      problems.forEach((problem, index) => {
        const fits = (!show || problem.dataset.verdicts.split(" ").includes(show)) && problem.dataset.name.includes(find);
        problem.hidden = !fits;
        squares[index].classList.toggle("dim", !fits);
        shown += fits ? 1 : 0;
      });
      form.querySelector("output").textContent = `${shown} of ${problems.length}`;
    };
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }
})();
