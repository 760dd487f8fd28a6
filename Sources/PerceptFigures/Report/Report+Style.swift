extension Report {
  /// The layout of a report: columns on wide screens, one column on a phone, and A4 paper. Added to the style sheet of a page.
  static let styleSheet = """
    main{max-width:78rem;padding-top:1rem;padding-bottom:2rem}h1{font-size:1.8rem;overflow-wrap:anywhere}\
    h2{margin:2rem 0 .8rem}h3{font-size:1.05rem;margin:1.4rem 0 .4rem}.columns h3{margin-top:0}p{margin:.5rem 0;max-width:50rem}\
    p.lead{color:var(--muted);margin:.2rem 0 1rem}p.number{font-size:3rem;font-weight:700;line-height:1;margin:.2rem 0 .6rem}\
    p.answer{font-size:1rem}a{color:#0060a8}\
    .columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:1.1rem 2rem;align-items:start}\
    .columns.two{grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr))}\
    .columns>*{margin:0;min-width:0}.columns>.wide{grid-column:1/-1}figure{margin:1rem 0}\
    .columns table{width:100%}figcaption,caption{font-size:.9rem}th,td{padding:.2rem .7rem .2rem 0}\
    ul.pictures{gap:.9rem}.columns ul.pictures{--cell:6.6rem}.columns>.wide ul.pictures{--cell:6rem}header .columns ul.pictures{--cell:6.4rem}.columns.two ul.pictures,\
    .columns .span ul.pictures{--cell:7.2rem}ul.pictures li{display:grid;grid-template-rows:subgrid;grid-row:span 3;gap:.15rem;grid-template-columns:minmax(0,1fr);\
    align-items:start}ul.pictures li>span:first-child{align-self:end;line-height:1.3}ul.pictures small{line-height:1.35}\
    ul.panels{list-style:none;margin:0;padding:0;display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr))}\
    ul.panels svg{width:100%;max-width:14rem}ul.panels li{break-inside:avoid}\
    header .panel{background:var(--panel);border-radius:10px;padding:1rem 1.1rem;height:100%}\
    header h2{margin:0 0 .6rem;border:0;padding:0;font-size:1.1rem}header .percept .page{fill:none}header figure{margin:0}\
    header ol{margin:0;padding-left:1.2rem}header li+li{margin-top:.7rem}\
    header pre{background:var(--page);padding:.45rem .6rem;margin:.3rem 0 0;font-size:.8rem;white-space:pre-wrap;overflow-wrap:anywhere}\
    nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;padding:0;margin:1.2rem 0 0}\
    nav a{display:inline-block;padding:.2rem 0}section{scroll-margin-top:1rem}\
    figure.confusion table{margin:0;min-width:0;border-collapse:separate;border-spacing:2px;width:auto}\
    figure.confusion .scroll{overflow-x:auto}figure.confusion th,figure.confusion td{border:0;padding:0;vertical-align:middle;overflow-wrap:normal}\
    figure.confusion th{font-weight:400}figure.confusion thead td{font-size:.75rem;color:var(--muted);vertical-align:bottom;padding:0 .4rem .3rem 0}\
    figure.confusion th[scope=row]{text-align:right;padding-right:.5rem;max-width:8rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}\
    figure.confusion thead th{vertical-align:bottom;text-align:center;padding-bottom:.3rem}\
    figure.confusion tbody td{text-align:center;border-radius:4px;background:var(--panel)}\
    figure.confusion td.right{background:rgb(0 84 147/var(--share));color:#000}\
    figure.confusion td.wrong{background:rgb(160 40 40/var(--share));color:#000}figure.confusion td.strong{color:#fff}\
    .few tbody td{min-width:4.5rem;height:4rem;font-size:1.3rem;font-weight:700}.few thead th span{display:block;max-width:6rem;overflow-wrap:anywhere}\
    .some tbody td,.many tbody td{min-width:3.6rem;height:2.1rem;font-size:.85rem}.many tbody td{min-width:1.9rem}\
    .some thead th span,.many thead th span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap;\
    max-height:8rem;overflow:hidden;text-overflow:ellipsis;display:inline-block}\
    ol.pairs{list-style:none;padding:0;margin:.8rem 0;display:grid;gap:1rem 2rem;\
    grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr))}ol.pairs li{break-inside:avoid;min-width:0}\
    ol.pairs p{margin:0 0 .3rem}.row{display:grid;grid-template-columns:repeat(4,1fr);gap:.5rem}small{color:var(--muted)}\
    @media (min-width:62rem){ul.panels{grid-template-columns:repeat(var(--columns),1fr)}.columns>.span{grid-column:span 2}}\
    @media (max-width:40rem){h1{font-size:1.5rem}pre{white-space:pre-wrap;overflow-wrap:anywhere}header .columns ul.pictures{--cell:5.4rem;gap:.6rem}.some tbody td{min-width:1.55rem;height:1.7rem;font-size:.66rem}\
    figure.confusion th[scope=row]{max-width:4.6rem;font-size:.75rem;padding-right:.3rem}.some thead th span{font-size:.75rem}\
    figure.many th[scope=row]{max-width:7rem}section table{font-size:.85rem}section th,section td{padding-right:.4rem}thead th,td{overflow-wrap:normal}\
    figure.confusion table{border-spacing:1px}.some thead td,.many thead td{font-size:.66rem}}\
    @media (prefers-color-scheme:dark){a{color:#6cb6ff}figure.confusion td.right,figure.confusion td.wrong{color:#fff}}\
    @media print{@page{size:A4;margin:14mm}html,body{font-size:9.5pt}header{break-after:page}nav{display:none}\
    .columns,.columns.two{display:block;columns:2;column-gap:1.5rem}.columns>*{break-inside:avoid;margin-bottom:1rem}\
    .columns>.span,.columns>.wide{column-span:all}header .columns{display:grid;grid-template-columns:1fr 1fr;gap:1rem}\
    header .columns ul.pictures{--cell:4.6rem;gap:.5rem}header #next{grid-column:1/-1}\
    header .panel{border:1px solid var(--line);margin:0}ul.panels{grid-template-columns:repeat(5,1fr)}h2{margin-top:1.2rem}\
    h3,section>h2+p{break-after:avoid;break-inside:avoid}figcaption{break-before:avoid}}
    """
}
