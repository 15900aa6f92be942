-- room: Billing/Subscriptions

create table Subscription (
    Id varchar(30) not null constraint PK_Subscription primary key,
    AccountId varchar(30) not null,
    OrderId varchar(30) not null,
    OrderLineId varchar(30) not null constraint UQ_Subscription_OrderLineId unique,
    ItemCode varchar(60) not null,
    Region varchar(20) not null,
    Description nvarchar(200) not null,
    Resource varchar(80) not null,
    State varchar(12) not null constraint CK_Subscription_State check (State in ('active', 'ended')),
    StockHeld bit not null,
    StartedAt datetime2(3) not null,
    PeriodEnd datetime2(3) not null,
    ResumedAt datetime2(3) null,
    EndedAt datetime2(3) null
);

create index IX_Subscription_Account on Subscription (AccountId, Id);
create index IX_Subscription_Resource on Subscription (Resource);
create index IX_Subscription_Due on Subscription (PeriodEnd) where State = 'active';
