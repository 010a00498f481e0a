// Formulas between \( and \), as the pages have them after they are built.
window.MathJax = {
  tex: { inlineMath: [["\\(", "\\)"]], displayMath: [["\\[", "\\]"]] },
  options: { processHtmlClass: "arithmatex", ignoreHtmlClass: ".*" },
};
