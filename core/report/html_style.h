/*
 * html_style.h - the style sheet of report.html: light and dark by the reader's choice, printable,
 * colours of Okabe and Ito, which colour-blind people can tell apart.
 */
#ifndef CORE_REPORT_HTML_STYLE_H
#define CORE_REPORT_HTML_STYLE_H

#define RH_HTML_STYLE \
	":root{color-scheme:light dark;--bg:#fff;--fg:#1d2330;--dim:#5d6679;--rule:#dfe3ea;" \
	"--card:#f6f7f9;--kept:#0072b2;--undid:#d55e00;--good:#00684a;--bad:#b3261e;" \
	"--goodbg:#e5f4ee;--badbg:#fcebe9;--band:#cc79a7}\n" \
	"@media(prefers-color-scheme:dark){:root{--bg:#14171d;--fg:#e4e8ef;--dim:#98a2b5;" \
	"--rule:#2c323d;--card:#1b1f27;--kept:#56b4e9;--undid:#e69f00;--good:#5fd3a8;" \
	"--bad:#ff8a80;--goodbg:#132a22;--badbg:#331a1a;--band:#cc79a7}}\n" \
	"*{box-sizing:border-box}\n" \
	"body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}\n" \
	"main{max-width:1000px;margin:0 auto;padding:28px 20px 60px}\n" \
	"h1{font-size:28px;line-height:1.2;margin:2px 0 4px}\n" \
	"h2{font-size:18px;margin:36px 0 10px}\n" \
	"p{margin:0 0 10px}\n" \
	".dim,.tick,figcaption{color:var(--dim)}\n" \
	".small{font-size:14px}\n" \
	".verdict{border-left:5px solid var(--bad);background:var(--badbg);padding:12px 16px;" \
	"margin:18px 0;border-radius:0 6px 6px 0}\n" \
	".verdict p:last-child{margin:0}\n" \
	".verdict.passed{border-color:var(--good);background:var(--goodbg)}\n" \
	".verdict strong{font-size:20px;color:var(--bad)}\n" \
	".verdict.passed strong{color:var(--good)}\n" \
	"ul.checks{list-style:none;margin:0;padding:0;border-top:1px solid var(--rule)}\n" \
	"ul.checks>li{border-bottom:1px solid var(--rule);padding:10px 0;display:grid;" \
	"grid-template-columns:28px minmax(130px,200px) 1fr;gap:0 8px}\n" \
	".mark{font-weight:700}\n" \
	".mark.passed{color:var(--good)}.mark.failed,.mark.error{color:var(--bad)}\n" \
	".name{font-weight:600;overflow-wrap:anywhere}\n" \
	".evidence{grid-column:2/-1;margin-top:8px;background:var(--badbg);border-radius:6px;" \
	"padding:8px 12px;overflow-x:auto}\n" \
	"table{border-collapse:collapse;width:100%;font-size:14px;" \
	"font-variant-numeric:tabular-nums}\n" \
	"th{text-align:left;font-weight:600;color:var(--dim)}\n" \
	"th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--rule);vertical-align:top}\n" \
	".num{text-align:right}\n" \
	".evidence td,.evidence th{border:0;padding:2px 14px 2px 0}\n" \
	"code,pre,.id{font-family:ui-monospace,monospace;font-size:13px}\n" \
	"pre{background:var(--card);border:1px solid var(--rule);border-radius:6px;" \
	"padding:10px 14px;overflow-x:auto;margin:0 0 10px}\n" \
	".scroll{overflow-x:auto}\n" \
	"figure{margin:0}\n" \
	"figcaption{font-size:14px;margin:0 0 8px}\n" \
	".key{display:inline-block;width:20px;height:4px;border-radius:2px;margin:0 6px 3px 0}\n" \
	".key.kept{background:var(--kept)}.key.undid{background:var(--undid)}\n" \
	".key+span{margin-right:16px}\n" \
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0;" \
	"font-size:14px}\n" \
	"dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}\n" \
	"svg{display:block;width:100%;height:auto;font:12px system-ui,sans-serif}\n" \
	"svg text{fill:var(--dim)}\n" \
	"svg .mid{text-anchor:middle}svg .end{text-anchor:end}\n" \
	"svg .fault{fill:var(--fg);font-weight:600}svg .phase{fill:var(--dim)}\n" \
	"svg .grid{stroke:var(--rule)}svg .axis{stroke:var(--dim)}\n" \
	"svg .band{fill:var(--band);opacity:.13}\n" \
	"svg .hatch{stroke:var(--band);stroke-width:1.5;opacity:.45}\n" \
	"svg .phaseline{stroke:var(--dim);stroke-dasharray:2 4}\n" \
	"svg .lines path{fill:none;stroke-width:1.8;stroke-opacity:.7}\n" \
	"svg path.kept{stroke:var(--kept)}svg path.undid{stroke:var(--undid)}\n" \
	"svg .atleast{fill:var(--kept);opacity:.75}svg .atmost{fill:var(--kept);opacity:.22}\n" \
	"svg .failline{stroke:var(--bad);stroke-width:1.5}\n" \
	"svg .failmark{fill:var(--bad);font-weight:700;font-size:15px}\n" \
	"@media(max-width:600px){ul.checks>li{grid-template-columns:28px 1fr}" \
	"ul.checks>li>.what,.evidence{grid-column:2}}\n" \
	"@media print{body{font-size:12px}main{max-width:none;padding:0}" \
	".verdict,.evidence,pre{-webkit-print-color-adjust:exact;print-color-adjust:exact}" \
	"h2,li,figure{break-inside:avoid}}\n"

#endif
