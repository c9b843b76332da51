import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

// Not between the two halves of a character.
const cutAt = (text: string, position: number): number => (/[\ud800-\udbff]/.test(text[position - 1]!) ? position - 1 : position);

/** Splits a stream into lines; one that is longer than `most` characters is cut into several. */
export async function* lines(stream: Readable, most: number): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.write(chunk as Buffer);
    let from = 0;
    for (let to = rest.indexOf('\n'); to >= 0 || rest.length - from > most; to = rest.indexOf('\n', from)) {
      const end = to >= 0 && to - from <= most ? to : cutAt(rest, from + most);
      yield rest.slice(from, end).replace(/\r$/, '');
      from = end === to ? end + 1 : end;
    }
    rest = rest.slice(from);
  }
  rest += decoder.end();
  if (rest) yield rest;
}
