/** An order that changes from round to round, because a machine is not equally fast all the time. */
export function alternating(names, round) {
  const start = round % names.length;
  const order = [...names.slice(start), ...names.slice(0, start)];
  return round % 2 === 0 ? order : order.toReversed();
}
