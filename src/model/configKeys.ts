/** Keys of config.json beside the model's shape: those that must have one value, those that say nothing about the numbers. */

/** Keys that change what a model computes, and the one value (beside null) with which this model computes it. */
export const neutral: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  // Switched off.
  ['mlp_bias', false],
  ['use_sliding_window', false],
  // Regularisation while training.
  ['attention_dropout', 0],
  ['attention_probs_dropout_prob', 0],
  ['attn_pdrop', 0],
  ['dropout', 0],
  ['embd_pdrop', 0],
  ['hidden_dropout', 0],
  ['hidden_dropout_prob', 0],
  ['resid_pdrop', 0],
  // Factors.
  ['embedding_multiplier', 1],
  ['logit_scale', 1],
  ['logits_scaling', 1],
  ['partial_rotary_factor', 1],
  ['pretraining_tp', 1],
  ['residual_multiplier', 1],
  ['rotary_pct', 1],
  // Switched on: without them it is another model.
  ['do_layer_norm_before', true],
  ['gated_mlp', true],
  ['is_causal', true],
  ['is_gated_act', true],
  ['norm_first', true],
  ['pre_norm', true],
  ['use_rms_norm', true],
  ['use_rope', true],
]);

/** Keys that are accepted whatever they say: where a file comes from, how it is stored and run, how answers are sampled. */
export const harmless: ReadonlySet<string> = new Set([
  // Names and versions.
  '_commit_hash',
  '_name_or_path',
  'is_llama_config',
  'name_or_path',
  'tokenizer_class',
  'transformers.js_config',
  'transformers_version',
  'unsloth_fixed',
  'unsloth_version',
  // How a library runs the model and what it hands out.
  '_attn_implementation',
  '_attn_implementation_autoset',
  'attn_implementation',
  'chunk_size_feed_forward',
  'gradient_checkpointing',
  'output_attentions',
  'output_hidden_states',
  'return_dict',
  'torchscript',
  'use_cache',
  'use_return_dict',
  // Random weights, which a checkpoint replaces.
  'initializer_range',
  // Which layers have a sliding window; whether there is one is said elsewhere.
  'max_window_layers',
  // Labels of classifiers.
  'finetuning_task',
  'id2label',
  'label2id',
  'num_labels',
  'problem_type',
  'task_specific_params',
  // Special tokens. Those of the playground are fixed, and tokenizer.json must have them.
  'bos_token_id',
  'decoder_start_token_id',
  'eos_token_id',
  'pad_token_id',
  'prefix',
  'sep_token_id',
  // How transformers' generate() would sample. Here the experiment says that.
  'bad_words_ids',
  'begin_suppress_tokens',
  'diversity_penalty',
  'do_sample',
  'early_stopping',
  'encoder_no_repeat_ngram_size',
  'encoder_repetition_penalty',
  'epsilon_cutoff',
  'eta_cutoff',
  'exponential_decay_length_penalty',
  'forced_bos_token_id',
  'forced_eos_token_id',
  'length_penalty',
  'max_length',
  'max_new_tokens',
  'min_length',
  'min_p',
  'no_repeat_ngram_size',
  'num_beam_groups',
  'num_beams',
  'num_return_sequences',
  'output_scores',
  'remove_invalid_values',
  'repetition_penalty',
  'return_dict_in_generate',
  'suppress_tokens',
  'temperature',
  'top_k',
  'top_p',
  'typical_p',
]);

/** What to do about keys that people meet. */
export const remedies: ReadonlyMap<string, string> = new Map([
  ['attention_bias', "The playground's Llama layers have no biases; choose a checkpoint without them."],
  ['mlp_bias', "The playground's layers have no biases; choose a checkpoint without them."],
  ['quantization', 'Save the model without quantisation first (mlx_lm: `convert --dequantize`).'],
  ['quantization_config', 'Save the model without quantisation first (transformers: `model.dequantize()`).'],
  ['dtype', 'Save the model in one of them (transformers: `model.float().save_pretrained(DIR)`).'],
  ['torch_dtype', 'Save the model in one of them (transformers: `model.float().save_pretrained(DIR)`).'],
]);
