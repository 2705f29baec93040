/** What a peer or a log might hold to break out of a report: markup, scripts, terminal escapes, characters that reorder or hide. */
export const HOSTILE = {
  markup: '<img src=x onerror="document.title=1"><b>bold</b>',
  script: '</script><script>document.title="owned"</script><!--',
  style: '</style><style>*{display:none}</style>',
  attribute: '" onmouseover="document.title=2" x="',
  template: '${document.title} {{constructor}} %s %n',
  link: '[click](javascript:alert(1)) http://192.0.2.9/x @everyone #1',
  table: 'a | b || c `code` ``more`` *bold* _it_ ~~no~~',
  cdata: ']]> <![CDATA[ &amp; &#x3c;script&#x3e; &lt;',
  escapes: '\u001b[2J\u001b[31mred\u001b]0;title\u0007 \u009b31m bell\u0007 back\b\b\b',
  hidden: 'ab\u202ecod.exe\u202c zero\u200bwidth \u2066isolated\u2069 soft\u00adhyphen \ufeff',
  control: 'nul\u0000 vt\u000b ff\u000c del\u007f nel\u0085 ls\u2028 ps\u2029',
  surrogate: 'lone \ud800 and \udc00, not a character \ufffe \uffff',
  long: `${'A'.repeat(3000)} end`,
  path: '../../../etc/passwd\\..\\..\\x',
} as const;
