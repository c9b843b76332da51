/** Milliseconds as they are reported: to a hundredth. */
export const milliseconds = (value) => Math.round(value * 100) / 100;
