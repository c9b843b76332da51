export { ActivityRecorder, type Activity } from './activity-recorder.js';
export { SignOfLife } from './sign-of-life.js';
