export { installToolkits } from './install-toolkits.js';
