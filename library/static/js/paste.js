// What is copied from Word, a mail or a web page as clean Markdown. Knows documents and no page.

const SKIPPED = new Set(['STYLE', 'SCRIPT', 'META', 'LINK', 'TITLE', 'HEAD', 'XML', 'O:P', 'IMG', 'SVG', 'BUTTON', 'INPUT', 'TEMPLATE']);
const BLOCKS = new Set(['P', 'DIV', 'SECTION', 'ARTICLE', 'MAIN', 'BODY', 'BLOCKQUOTE', 'FIGURE', 'HEADER', 'FOOTER', 'TR', 'PRE', 'DD', 'DT']);
const BULLET = /^\s*(?:[·•▪●◦‣§o\uf0b7\uf0a7]|[-–])\s+/u;
const NUMBER = /^\s*(?:\d{1,3}|[a-z])[.)]\s+/iu;

/**
 * Return HTML as Markdown; nothing for HTML that holds no more than plain text, which browsers paste well themselves.
 * @param {string} html
 * @returns {string}
 */
export function toMarkdown(html) {
  const { body } = new DOMParser().parseFromString(html.replace(/<[^>]+>/g, disarm), 'text/html');
  const text = blocks(body).join('\n\n');
  return text
    .replace(/[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]/gu, '')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^(- .*|\d+\. .*)\n\n(?=- |\d+\. )/gmu, '$1\n')
    .replace(/^(- .*|\d+\. .*)\n\n(?=- |\d+\. )/gmu, '$1\n')
    .trim();
}

/** Keep styles and handlers as plain data: the content security policy refuses them, and says so for each. */
function disarm(tag) {
  return tag.replace(/(\s|["'])(style|on\w+)\s*=/gi, '$1 data-$2=');
}

/** Return the paragraphs, headings and lists below an element, each as Markdown. */
function blocks(element) {
  const found = [];
  let line = '';
  const flush = () => {
    const clean = tidy(line);
    if (clean) found.push(clean);
    line = '';
  };
  for (const node of element.childNodes) {
    if (!isBlock(node)) {
      line += inline(node);
      continue;
    }
    flush();
    found.push(...block(node));
  }
  flush();
  return found;
}

function isBlock(node) {
  return BLOCKS.has(node.nodeName) || /^(H[1-6]|UL|OL|LI|TABLE|TBODY|DL|HR)$/.test(node.nodeName) || holdsBlock(node);
}

/** Google Docs wraps a whole document in one <b>. */
function holdsBlock(node) {
  return node.nodeType === Node.ELEMENT_NODE && !SKIPPED.has(node.nodeName) && node.querySelector('p, ul, ol, table, h1, h2, h3, h4, h5, h6') !== null;
}

function block(node) {
  const name = node.nodeName;
  if (SKIPPED.has(name) || name === 'HR') return [];
  if (/^H[1-6]$/.test(name)) {
    const words = tidy(plain(node));
    return words ? [`${'#'.repeat(Math.min(3, Math.max(2, Number(name[1]))))} ${words}`] : [];
  }
  if (name === 'UL' || name === 'OL') return [list(node, 0)];
  if (name === 'TABLE') return [table(node)].filter(Boolean);
  if (name === 'BLOCKQUOTE') return blocks(node).map((text) => text.replace(/^/gm, '> '));
  if (name === 'P' || name === 'LI') return paragraph(node);
  return blocks(node);
}

/** Word writes lists as paragraphs with a bullet in a span of their own. */
function paragraph(node) {
  const listed = /mso-list/i.test(node.getAttribute('data-style') ?? '') || /MsoListParagraph/.test(node.className);
  const [first = '', ...rest] = blocks({ childNodes: node.childNodes });
  if (!first) return [];
  const bare = first.replace(/^\\/, '');
  if (listed && BULLET.test(bare)) return [`- ${bare.replace(BULLET, '')}`, ...rest];
  if (listed && NUMBER.test(bare)) return [`1. ${bare.replace(NUMBER, '')}`, ...rest];
  if (/^[·•▪●]\s/u.test(bare)) return [`- ${bare.replace(BULLET, '')}`, ...rest];
  return [first, ...rest];
}

function list(node, depth) {
  const indent = '  '.repeat(depth) + (depth && node.nodeName === 'OL' ? ' ' : '');
  const lines = [];
  let number = 1;
  for (const item of node.children) {
    if (item.nodeName === 'UL' || item.nodeName === 'OL') {
      lines.push(list(item, depth + 1));
      continue;
    }
    const inner = [...item.childNodes].filter((child) => child.nodeName === 'UL' || child.nodeName === 'OL');
    const own = [...item.childNodes].filter((child) => !inner.includes(child));
    const words = tidy(blocks({ childNodes: own }).join(' '));
    if (words) lines.push(`${indent}${node.nodeName === 'OL' ? `${number}.` : '-'} ${words}`);
    number += 1;
    lines.push(...inner.map((below) => list(below, depth + 1)));
  }
  return lines.filter(Boolean).join('\n');
}

function table(node) {
  const rows = [...node.querySelectorAll('tr')].map((row) => [...row.children].map((cell) => tidy(blocks(cell).join(' ')).replace(/\|/g, '\\|')));
  const wide = Math.max(0, ...rows.map((row) => row.length));
  if (wide < 2) return rows.flat().filter(Boolean).join('\n\n');
  const line = (row) => `| ${Array.from({ length: wide }, (_, n) => row[n] ?? '').join(' | ')} |`;
  return [line(rows[0]), `|${' --- |'.repeat(wide)}`, ...rows.slice(1).map(line)].join('\n');
}

/** Return running text with its emphasis and links. */
function inline(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data.replace(/\s+/g, ' '));
  if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(node.nodeName)) return '';
  if (node.nodeName === 'BR') return '\n';
  const words = [...node.childNodes].map(inline).join('');
  if (!words.trim()) return words;
  if (node.nodeName === 'A' && /^(https?:|mailto:)/i.test(node.getAttribute('href') ?? '')) return link(words, node.href);
  if (isBold(node)) return around(words, '**');
  return isItalic(node) ? around(words, '*') : words;
}

function link(words, address) {
  return `[${tidy(words)}](${address.replace(/[()\s]/g, encodeURIComponent).replace(/\(/g, '%28').replace(/\)/g, '%29')})`;
}

/** Return a value of a style attribute. */
function styled(node, property) {
  const found = new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*([^;]+)`, 'i').exec(node.getAttribute('data-style') ?? '');
  return found ? found[1].trim().toLowerCase() : '';
}

function isBold(node) {
  const weight = styled(node, 'font-weight');
  if (weight) return weight.startsWith('bold') || Number(weight) >= 600;
  return node.nodeName === 'B' || node.nodeName === 'STRONG';
}

function isItalic(node) {
  const style = styled(node, 'font-style');
  return style ? style === 'italic' : node.nodeName === 'I' || node.nodeName === 'EM';
}

/** Put marks directly around words: Markdown wants no space inside. */
function around(words, sign) {
  const [, before, inside, after] = /^(\s*)([^]*?)(\s*)$/.exec(words);
  return inside.includes('\n') || inside.startsWith(sign) ? words : `${before}${sign}${inside}${sign}${after}`;
}

function plain(node) {
  return escaped(node.textContent.replace(/\s+/g, ' '));
}

function escaped(text) {
  return text.replace(/\u00a0/g, ' ').replace(/([\\`*[\]])/g, '\\$1').replace(/(^|\s)_(?=\S)|(\S)_(?=\s|$)/g, (_, before, after) => (after ? `${after}\\_` : `${before}\\_`));
}

function tidy(line) {
  return line.replace(/[ \t]+/g, ' ').replace(/ ?\n ?/g, '\n').replace(/\*\*\*\*/g, '').trim();
}
