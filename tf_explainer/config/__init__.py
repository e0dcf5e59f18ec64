"""Every option, declared once; nothing here imports TensorFlow."""
