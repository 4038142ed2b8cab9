// The console's keys, focus and dialogs. Everything it does, a button or a link does without it.

import { startKeys } from "./console/keys.js";
import { startLooking } from "./console/looking.js";
import { startRows } from "./console/rows.js";
import { startSheets } from "./console/sheets.js";

for (const button of document.querySelectorAll("[data-help], [data-select-all]")) button.hidden = false;

startRows();
startSheets();
startKeys();
startLooking();
