/** Chat templates that a stranger wrote to do harm end, with a sentence; others are rendered as ever. */
import { Template } from '@huggingface/jinja';
import { describe, expect, it } from 'vitest';
import { BoundedTemplate, TooMuchError } from '../../../src/tasks/boundedTemplate.ts';
import { ChatTemplate } from '../../../src/tasks/chatTemplate.ts';
import fc from '../../property.ts';

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Write f(x): x plus 1.' },
] as const;
const used = (source: string) => () => new ChatTemplate(source).render(messages, true);

describe('a hostile chat template', () => {
  const doubled = (what: string) => `{% set x = ${what} %}${'{% set x = [x, x] %}'.repeat(60)}`;
  const loop = '{% for i in range(999) %}';
  it.each([
    ['a huge range', '{% for i in range(1000000000000) %}x{% endfor %}'],
    ['a range backwards', '{% for i in range(0, -1000000000, -1) %}{% endfor %}'],
    ['a range of tiny steps', '{% for i in range(0, 1, 0.0000000001) %}{% endfor %}'],
    ['loops that do nothing', `${loop.repeat(3)}${'{% endfor %}'.repeat(3)}`],
    ['a macro that calls itself', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}'],
    [
      'one that calls itself twice',
      '{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}',
    ],
    ['a text that doubles', `{% set x = 'ab' %}${'{% set x = x ~ x %}'.repeat(60)}{{ x }}`],
    ['a text put into itself', `{% set x = 'aa' %}${"{% set x = x.replace('a', x) %}".repeat(40)}{{ x }}`],
    ['a list that holds itself twice', `${doubled("'a'")}{{ x }}`],
    ['the same as JSON', `${doubled("{'a': 1}")}{{ x | tojson }}`],
    ['a namespace in itself', '{% set n = namespace(a=1) %}{% set n.a = n %}{{ n | tojson }}'],
    ['an indent of a billion', `{{ 'a\nb\nc' | indent(1000000000) }}`],
    ['parentheses within parentheses', `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`],
    ['conditions within conditions', `${'{% if 1 %}'.repeat(3000)}${'{% endif %}'.repeat(3000)}`],
    ['a desert of blanks', `{{ 1 }}${' '.repeat(60_000)}{{ 1 }}`],
  ])('%s', (_, source) => {
    expect(used(source)).toThrow(/^The chat template .*\.$/);
  });

  it('is refused in one sentence that says what to do', () => {
    expect(used('{% for i in range(1000000000000) %}x{% endfor %}')).toThrow(
      'The chat template cannot be used: range(1000000000000) is longer than any conversation. Choose another model.',
    );
  });

  it('comes to an end, whatever it is put together of', () => {
    const piece = fc.constantFrom(
      '{% for i in range(500) %}',
      '{% for m in messages %}',
      '{% if loop is defined %}',
      '{% endif %}',
      '{% endfor %}',
      '{% set x = x ~ x %}',
      '{% set x = [x, x, x] %}',
      "{% set x = x | string | replace('a', 'aaaa') %}",
      '{% set n = namespace(y=x) %}',
      '{% set n.y = [n.y, x] %}',
      '{% macro f(z) %}{{ f(z ~ z) }}{% endmacro %}',
      '{{ f(x) }}',
      '{{ x | tojson(indent=4) }}',
      '{{ x | upper | trim | length }}',
      '{{ messages | map(attribute="content") | join(x) }}',
      '{{ x[::-1] }}',
      ' text\n',
      '{{',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const source = `{% set x = 'a' %}${pieces.join('')}`;
        try {
          new BoundedTemplate(source).render({ messages });
        } catch (error) {
          expect(error).toBeInstanceOf(Error); // it may be wrong; it may not go on
        }
      }),
    );
  });
});

it('renders what is no harm as the library does', () => {
  const chat =
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if loop.first %}{{ bos_token }}{% endif %}\n" +
    "  {%- set text = m['content'] | trim %}{{ text | replace('x', 'y') }}{% if not loop.last %}, {% endif %}\n" +
    '{% endfor %}{% if add_generation_prompt and True %}{% generation %}<|assistant|>{% endgeneration %}{% endif %}\n';
  const others = [
    '{{ range(3) | join(",") }} {{ range(5, 1, -2) | list }} {{ none is none }} {{ False or "no" }}',
    '{% macro head(m, sep="-") %}{{ sep }}{{ m.role | upper }}{% endmacro %}{% for m in messages %}{{ head(m) }}{% endfor %}',
    '{% set n = namespace(count=0) %}{% for m in messages %}{% set n.count = n.count + 1 %}{% break %}{% endfor %}{{ n.count }}',
    "{{ messages | tojson }}{{ messages[0]['content'][1:4] }}{{ 7 // 2 }} {{ messages | length > 1 and 'many' }}",
  ];
  const values = { messages, bos_token: '<s>', add_generation_prompt: true };
  for (const source of [chat, ...others])
    expect(new BoundedTemplate(source).render(values), source).toBe(new Template(source).render(values));
  expect(() => new BoundedTemplate("{{ raise_exception('no') }}").render(values)).toThrow('no');
  expect(TooMuchError.name).toBe('TooMuchError');
});
