drop table source_turn;
drop table quote_credits;
