import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';

/**
 * The JSON of a request's body. Only a content type that is JSON's own is taken: a page of another site cannot send it without asking
 * first, as it can send text that happens to be JSON.
 */
export function parseJson(text: string, contentType: string): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) throw badInput('The content type must be application/json');
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('BAD_USER_INPUT', 'The body of the request is not valid JSON');
  }
}
