-- room: Billing/Prices

create table Price (
    ItemCode varchar(60) not null,
    ValidFrom datetime2(3) not null,
    NetMonthlyPaise bigint not null,
    NetHourlyPaise bigint not null,
    Currency varchar(3) not null,
    Sac varchar(8) not null,
    Counted bit not null,
    constraint PK_Price primary key (ItemCode, ValidFrom),
    constraint CK_Price_NotNegative check (NetMonthlyPaise >= 0 and NetHourlyPaise >= 0)
);

create table TaxRate (
    Sac varchar(8) not null,
    ValidFrom datetime2(3) not null,
    RateBps int not null,
    constraint PK_TaxRate primary key (Sac, ValidFrom),
    constraint CK_TaxRate_Even check (RateBps between 0 and 10000 and RateBps % 2 = 0)
);

create table Stock (
    ItemCode varchar(60) not null,
    Region varchar(20) not null,
    Available int not null,
    constraint PK_Stock primary key (ItemCode, Region),
    constraint CK_Stock_NotNegative check (Available >= 0)
);

insert into TaxRate (Sac, ValidFrom, RateBps) values ('998313', '2017-06-30 18:30:00.000', 1800);
insert into TaxRate (Sac, ValidFrom, RateBps) values ('998314', '2017-06-30 18:30:00.000', 1800);
insert into TaxRate (Sac, ValidFrom, RateBps) values ('998315', '2017-06-30 18:30:00.000', 1800);
insert into TaxRate (Sac, ValidFrom, RateBps) values ('998316', '2017-06-30 18:30:00.000', 1800);
insert into TaxRate (Sac, ValidFrom, RateBps) values ('998319', '2017-06-30 18:30:00.000', 1800);
insert into TaxRate (Sac, ValidFrom, RateBps) values ('997331', '2017-06-30 18:30:00.000', 1800);
