-- room: Billing/Orders

create table SalesOrder (
    Id varchar(30) not null constraint PK_SalesOrder primary key,
    AccountId varchar(30) not null,
    PersonId varchar(30) null,
    BillingProfileId varchar(30) not null,
    State varchar(20) not null constraint CK_SalesOrder_State
        check (State in ('awaiting_payment', 'paid', 'expired', 'cancelled', 'undeliverable')),
    NetPaise bigint not null,
    CgstPaise bigint not null,
    SgstPaise bigint not null,
    UtgstPaise bigint not null,
    IgstPaise bigint not null,
    TotalPaise bigint not null,
    Currency varchar(3) not null,
    PlaceOfSupply varchar(2) not null,
    TaxNature varchar(16) not null,
    SupplyType varchar(8) not null,
    IdempotencyKey varchar(100) null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    PaidAt datetime2(3) null,
    PromisedAt datetime2(3) null,
    constraint CK_SalesOrder_Total check (TotalPaise = NetPaise + CgstPaise + SgstPaise + UtgstPaise + IgstPaise)
);

create unique index UQ_SalesOrder_IdempotencyKey on SalesOrder (AccountId, IdempotencyKey) where IdempotencyKey is not null;
create index IX_SalesOrder_Account on SalesOrder (AccountId, Id);

create table SalesOrderLine (
    Id varchar(30) not null constraint PK_SalesOrderLine primary key,
    OrderId varchar(30) not null constraint FK_SalesOrderLine_SalesOrder references SalesOrder (Id),
    AccountId varchar(30) not null,
    Position int not null,
    ItemCode varchar(60) not null,
    Region varchar(20) not null,
    Counted bit not null,
    Description nvarchar(200) not null,
    NetPaise bigint not null,
    CgstPaise bigint not null,
    SgstPaise bigint not null,
    UtgstPaise bigint not null,
    IgstPaise bigint not null,
    Sac varchar(8) not null,
    RateBps int not null,
    WorkCommand varchar(60) null,
    WorkResource varchar(80) null,
    WorkInput nvarchar(max) null,
    PromisedSeconds int null,
    SubscriptionId varchar(30) null,
    constraint UQ_SalesOrderLine_Position unique (OrderId, Position)
);
