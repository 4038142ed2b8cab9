<?php
// WordPress asks nobody on loopback, and of other hosts three ports. Here its neighbours live on any port of 127.0.0.1.
add_filter( 'http_request_host_is_external', fn ( $is_external, $host ) => $is_external || '127.0.0.1' === $host, 10, 2 );
add_filter(
	'http_allowed_safe_ports',
	fn ( $ports, $host, $url ) => '127.0.0.1' === $host ? array( ...$ports, wp_parse_url( $url, PHP_URL_PORT ) ) : $ports,
	10,
	3
);
// It waits two or three seconds for an answer, which a machine with much else to do may need.
add_filter( 'http_request_args', fn ( $asked ) => array_merge( $asked, array( 'timeout' => 30 ) ) );
