/// The style of the page: nothing is loaded from anywhere.
pub(super) const STYLE: &str = "\
body{font:14px/1.6 'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic',Meiryo,sans-serif;margin:24px auto;\
max-width:1080px;padding:0 16px;color:#1c2430;background:#fff}\
h1{font-size:21px;margin:12px 0 4px}h2{font-size:16px;margin:28px 0 8px}\
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #d5dbe3;padding:4px 8px;text-align:left;\
vertical-align:top}th{font-weight:600;background:#f3f5f8}\
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
tr.start td,tr.level td{font-weight:600;background:#f8fafc}.scroll{overflow-x:auto}\
.note{color:#4d5a6b}.bad{color:#a3261c;font-weight:600}.mark{border:1px solid #a3261c;color:#a3261c;padding:0 6px}\
input[name=lang]{margin-left:12px}#ja:checked~main .en,#en:checked~main .ja{display:none}\
svg{width:100%;height:auto;font-size:13px}svg .level{fill:#2f4b6e}svg .up{fill:#2a7f62}svg .down{fill:#c0632c}\
svg .link{stroke:#9aa6b4;stroke-dasharray:2 2}svg .axis{stroke:#9aa6b4}svg text{fill:#1c2430}\
@media print{.switch,input[name=lang]{display:none}}";
