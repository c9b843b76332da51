/** Why nothing is made; its message is for whoever asked. */
export class Refusal extends Error {}
