"""The SMPL-X body: layer, identity, appearance, skinning, GLB."""
