/**
 * TensorFlow.js as the page gets it: what `@tensorflow/tfjs` exports, less its Layers, Converter and Data, which we do not use, and
 * its WebGL back end, which we do not offer. The plain JavaScript back end is loaded when it is opened. vite.config.ts puts
 * this in its place when the page is built; everything else, Node included, has the whole package.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
export * from '@tensorflow/tfjs-core';
