import type { TestApp } from './app.js';
import { data, type Auth } from './client.js';
import { mutated } from './mutation.js';

/** The digest that an approval asks to agree to now, and where it stands. */
export async function approvalOf(app: TestApp, id: string, auth: Auth): Promise<Record<string, any>> {
  const query = `query($id: ID!) { approval(id: $id) { id kind status digest riskLevel riskAssessment justification subjectName rejectionReason
    requesterName decisions { nodes { approverName } } } }`;
  return (await data(app.url, query, { id }, auth)).approval;
}

/** Decides on an approval as it stands now. */
export async function decide(
  app: TestApp,
  id: string,
  auth: Auth,
  verdict: 'APPROVED' | 'REJECTED' = 'APPROVED',
  comment = 'Seen',
): Promise<void> {
  const { digest } = await approvalOf(app, id, auth);
  await mutated(app, 'decideApproval', { id, digest, verdict, comment }, auth);
}
