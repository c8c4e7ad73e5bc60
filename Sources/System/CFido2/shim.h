#include <fido.h>

// The declarations of fido/es256.h and its siblings, which include OpenSSL's headers for what is not used here.
es256_pk_t *es256_pk_new(void);
void es256_pk_free(es256_pk_t **);
int es256_pk_from_ptr(es256_pk_t *, const void *, size_t);
es384_pk_t *es384_pk_new(void);
void es384_pk_free(es384_pk_t **);
int es384_pk_from_ptr(es384_pk_t *, const void *, size_t);
eddsa_pk_t *eddsa_pk_new(void);
void eddsa_pk_free(eddsa_pk_t **);
int eddsa_pk_from_ptr(eddsa_pk_t *, const void *, size_t);
rs256_pk_t *rs256_pk_new(void);
void rs256_pk_free(rs256_pk_t **);
int rs256_pk_from_ptr(rs256_pk_t *, const void *, size_t);
