import { storableText } from '#core/database/sql.js';

const most = 500;

/** Whether what a provider calls somebody can be kept as it is: cut or changed, it could be the name of somebody else. */
export const isSubject = (subject: string): boolean => subject !== '' && subject.length <= most && storableText(subject) === subject;
