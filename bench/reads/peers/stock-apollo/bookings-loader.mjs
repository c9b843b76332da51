import DataLoader from 'dataloader';

/** Loads the first bookings of many devices with one statement; a loader for each combination of arguments in a request. */
export function makeBookingsLoader(em) {
  const loaders = new Map();
  return (first, orderBy) => {
    const key = JSON.stringify([first, orderBy]);
    if (!loaders.has(key)) loaders.set(key, new DataLoader((devices) => loadBookings(em, devices, first, orderBy)));
    return loaders.get(key);
  };
}

async function loadBookings(em, devices, first, orderBy) {
  await em.populate(devices, ['bookings'], { populateHints: { bookings: { limit: first, orderBy } } });
  return devices.map((device) => device.bookings.getItems());
}
