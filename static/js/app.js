// Everything a page does, one behaviour a file. Tabler brings Bootstrap's dropdowns, collapses and alerts.
import "@tabler/core/dist/js/tabler.esm.js";
import "./csrf.js";
import "./theme-menu.js";
import "./menu.js";
import "./panel.js";
import "./shortcuts.js";
import "./palette.js";
import "./toast.js";
import "./announce.js";
import "./tip.js";
import "./table-select.js";
import "./autosubmit-filters.js";
import "./drop-file.js";
import "./send-once.js";
import "./print.js";
import "./sparkline.js";
import "./chart-loader.js";
